//! The tree of settings as serde reads it. Every complaint leaves with the path it is about.

use std::slice::Iter;

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::complaint::Complaint;
use super::tree::{Data, Node};
use super::variants::Variants;
use super::words;

/// Bytes that are no text: no type of settings takes them, but a buffer of serde's does.
const POISON: &[u8] = &[0xff];

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Complaint;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Complaint> {
        let mut inside = false;
        match &self.data {
            Data::String(text) => visitor.visit_borrowed_str(text),
            Data::Integer(number) => visitor.visit_i64(*number),
            Data::Large(number) => visitor.visit_u64(*number),
            Data::Float(number) => visitor.visit_f64(*number),
            Data::Boolean(value) => visitor.visit_bool(*value),
            Data::Date => Err(Complaint::invalid_type(self.unexpected(), &visitor)),
            Data::Poison => visitor.visit_bytes(POISON),
            // serde would take settings without their keys, in the order of the fields.
            Data::Array(_) if words::expected(&visitor) == words::TABLE => {
                Err(Complaint::invalid_type(self.unexpected(), &visitor))
            }
            Data::Array(nodes) => {
                let mut elements = Elements { rest: nodes.iter() };
                let result = visitor.visit_seq(&mut elements);
                let left = elements.rest.len();
                inside = left < nodes.len();
                result.and_then(|value| all_read(value, nodes.len(), left))
            }
            Data::Table(nodes) => {
                let mut entries = Entries {
                    rest: nodes.iter(),
                    value: None,
                };
                let result = visitor.visit_map(&mut entries);
                inside = entries.rest.len() < nodes.len();
                result
            }
        }
        .map_err(|complaint| complaint.at(&self.path, inside))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Complaint> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Complaint> {
        let result = visitor.visit_newtype_struct(self);
        result.map_err(|complaint| complaint.at(&self.path, true))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Complaint> {
        Variants::of(self, known)
            .and_then(|variants| visitor.visit_enum(variants))
            .map_err(|complaint| complaint.at(&self.path, false))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// A tuple that is shorter than the array must not pass.
fn all_read<T>(value: T, length: usize, left: usize) -> Result<T, Complaint> {
    match left {
        0 => Ok(value),
        _ => Err(Complaint::wrong(
            format!("an array of length {length}"),
            format!("an array of length {}", length - left),
        )),
    }
}

struct Elements<'de> {
    rest: Iter<'de, Node>,
}

impl<'de> SeqAccess<'de> for Elements<'de> {
    type Error = Complaint;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Complaint> {
        let element = self.rest.next().map(|node| {
            let value = seed.deserialize(node);
            // What is refused after the node was read was refused in a buffer.
            value.map_err(|complaint| complaint.at(&node.path, true))
        });
        element.transpose()
    }
}

struct Entries<'de> {
    rest: Iter<'de, Node>,
    value: Option<&'de Node>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Complaint;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Complaint> {
        self.value = self.rest.next();
        let key = self.value.map(|node| {
            let key = seed.deserialize(StrDeserializer::new(&node.name));
            key.map_err(Complaint::of_key)
        });
        key.transpose()
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Complaint> {
        let Some(node) = self.value.take() else {
            return Err(Complaint::custom("a value was asked for before its key"));
        };
        let value = seed.deserialize(node);
        value.map_err(|complaint| complaint.at(&node.path, true))
    }
}
