//! Externally tagged enums: a name alone, or a table of one key, the name, over its settings.

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, VariantAccess, Visitor};

use super::complaint::Complaint;
use super::tree::{Data, Node};

/// A variant, as it is written.
pub(super) struct Variants<'de> {
    name: &'de str,
    /// What stands under the name, if it is a key.
    settings: Option<&'de Node>,
}

impl<'de> Variants<'de> {
    /// Takes a value for one of the `known` variants.
    pub fn of(node: &'de Node, known: &'static [&'static str]) -> Result<Self, Complaint> {
        match &node.data {
            Data::String(name) => Ok(Self {
                name,
                settings: None,
            }),
            Data::Table(nodes) => match nodes.as_slice() {
                [only] => Ok(Self {
                    name: &only.name,
                    settings: Some(only),
                }),
                _ => Err(Complaint::wrong(
                    format!("a table of {} keys", nodes.len()),
                    format!("a table of one key, out of {}", known.join(", ")),
                )),
            },
            _ => Err(Complaint::wrong(
                node.found(),
                format!("one of {}", known.join(", ")),
            )),
        }
    }

    fn settings(&self) -> Result<&'de Node, Complaint> {
        self.settings.ok_or_else(|| {
            let name = self.name;
            Complaint::wrong(
                format!("the name {name:?} alone"),
                format!("a table with the settings of it, as {{ {name} = ... }}"),
            )
        })
    }
}

impl<'de> EnumAccess<'de> for Variants<'de> {
    type Error = Complaint;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self), Complaint> {
        let name: StrDeserializer<'_, Complaint> = StrDeserializer::new(self.name);
        match seed.deserialize(name) {
            Ok(variant) => Ok((variant, self)),
            Err(complaint) if self.settings.is_some() => Err(complaint.of_key()),
            Err(complaint) => Err(complaint),
        }
    }
}

impl<'de> VariantAccess<'de> for Variants<'de> {
    type Error = Complaint;

    fn unit_variant(self) -> Result<(), Complaint> {
        match self.settings {
            Some(node) if !matches!(&node.data, Data::Table(nodes) if nodes.is_empty()) => {
                let expected = "an empty table, for this kind has no settings";
                Err(Complaint::wrong(node.found(), expected).at(&node.path, false))
            }
            _ => Ok(()),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Complaint> {
        let node = self.settings()?;
        let value = seed.deserialize(node);
        value.map_err(|complaint| complaint.at(&node.path, true))
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Complaint> {
        self.settings()?.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Complaint> {
        self.settings()?.deserialize_any(visitor)
    }
}
