//! From the path of a parameter in a Burn module to the name of its tensor in a checkpoint.
//!
//! Modules name their fields as the checkpoint does, so a name is the path, but for two habits of
//! burn-nn: the weight of a norm is called `gamma`, and the weight of a `Linear` is stored
//! `[in, out]` where PyTorch stores `[out, in]`. And Burn counts the variant of an enum as a part of
//! the path, though it holds the same place whichever it is. The factors of an adapter hang below the weight that
//! they are beside; PEFT puts them beside it: `weight.lora.a` is `lora_A.weight`, transposed as well.

/// Follows a traversal of a module.
#[derive(Debug, Default)]
pub(crate) struct NameTracker {
    path: Vec<String>,
    containers: Vec<String>,
}

impl NameTracker {
    pub(crate) fn enter(&mut self, name: &str, container: &str) {
        self.path.push(name.to_owned());
        self.containers.push(container.to_owned());
    }

    pub(crate) fn exit(&mut self) {
        self.path.pop();
        self.containers.pop();
    }

    /// The name of the tensor that belongs to the parameter being visited.
    pub(crate) fn tensor_name(&self) -> String {
        let parts = self.path.iter().zip(&self.containers);
        let fields = parts.filter(|(_, container)| !container.starts_with("Enum:"));
        let fields: Vec<&str> = fields.map(|(name, _)| name.as_str()).collect();
        let name = fields.join(".");
        match name.rsplit_once('.') {
            Some((norm, "gamma")) => format!("{norm}.weight"),
            Some((weight, factor @ ("a" | "b"))) if self.is_factor() => {
                let layer = weight.trim_end_matches(".weight.lora");
                format!("{layer}.lora_{}.weight", factor.to_uppercase())
            }
            _ => name,
        }
    }

    /// Whether the parameter being visited is a factor of an adapter.
    pub(crate) fn is_factor(&self) -> bool {
        self.containers
            .iter()
            .any(|kind| kind == "Reparameterization")
    }

    /// Whether the checkpoint holds the transpose of the parameter being visited.
    pub(crate) fn is_transposed(&self) -> bool {
        let is_weight = self.path.last().is_some_and(|name| name == "weight");
        let is_of_linear = self.containers.iter().any(|kind| kind == "Struct:Linear");
        (is_weight && is_of_linear) || self.is_factor()
    }

    /// The shape in the checkpoint of a parameter of the given shape.
    pub(crate) fn file_shape(&self, shape: &[usize]) -> Vec<usize> {
        let mut shape = shape.to_vec();
        if self.is_transposed() {
            shape.reverse();
        }
        shape
    }
}
