//! As much of JSON Schema as the description of the API uses, for [`contract`](super::contract). What it does not know
//! it does not take: a word of JSON Schema that is new here has to be added. The whole of it is checked by another
//! program (`end2end/api`).

use serde_json::Value;

/// The schemas of a description.
pub struct Schemas<'a>(&'a Value);

/// What is said of a value and not to be checked here.
const REMARKS: [&str; 6] = ["description", "example", "examples", "default", "format", "title"];

impl<'a> Schemas<'a> {
    pub fn of(document: &'a Value) -> Self {
        Self(document)
    }

    /// Notes what is wrong with a value that stands at this place.
    pub fn check(&self, schema: &Value, value: &Value, place: &str, errors: &mut Vec<String>) {
        let Some(rules) = schema.as_object() else {
            assert_eq!(schema, &Value::Bool(true), "{place}: this is no schema");
            return;
        };
        for (word, rule) in rules {
            let holds = match word.as_str() {
                "$ref" => {
                    let name = rule.as_str().unwrap().strip_prefix('#').unwrap();
                    let target = self.0.pointer(name);
                    self.check(target.unwrap_or_else(|| panic!("there is no {name}")), value, place, errors);
                    true
                }
                "type" => rule
                    .as_array()
                    .map_or_else(|| is_a(rule, value), |types| types.iter().any(|one| is_a(one, value))),
                "enum" => rule.as_array().unwrap().contains(value),
                "minimum" => value.as_f64().is_none_or(|number| number >= rule.as_f64().unwrap()),
                "maximum" => value.as_f64().is_none_or(|number| number <= rule.as_f64().unwrap()),
                "minLength" => length(value).is_none_or(|length| length >= rule.as_u64().unwrap()),
                "maxLength" => length(value).is_none_or(|length| length <= rule.as_u64().unwrap()),
                "maxItems" => {
                    value.as_array().is_none_or(|items| items.len() as u64 <= rule.as_u64().unwrap())
                }
                "oneOf" => rule.as_array().unwrap().iter().filter(|one| self.fits(one, value)).count() == 1,
                "required" => {
                    let names = rule.as_array().unwrap().iter().map(|name| name.as_str().unwrap());
                    value
                        .as_object()
                        .is_none_or(|fields| names.into_iter().all(|name| fields.contains_key(name)))
                }
                "items" => {
                    for (at, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(rule, item, &format!("{place}/{at}"), errors);
                    }
                    true
                }
                "properties" => {
                    for (name, field) in value.as_object().into_iter().flatten() {
                        match rule.get(name) {
                            Some(rule) => self.check(rule, field, &format!("{place}/{name}"), errors),
                            None => errors.push(format!("{place}/{name} is not described")),
                        }
                    }
                    true
                }
                // Of what is answered, all is made by types that cannot hold anything else.
                "pattern" => true,
                remark => {
                    assert!(REMARKS.contains(&remark), "{place}: “{remark}” is not known here");
                    true
                }
            };
            if !holds {
                errors.push(format!("{place} breaks {word}: {rule}"));
            }
        }
    }

    fn fits(&self, schema: &Value, value: &Value) -> bool {
        let mut errors = Vec::new();
        self.check(schema, value, "", &mut errors);
        errors.is_empty()
    }
}

fn is_a(kind: &Value, value: &Value) -> bool {
    match kind.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        kind => panic!("there is no type {kind}"),
    }
}

fn length(value: &Value) -> Option<u64> {
    value.as_str().map(|text| text.chars().count() as u64)
}

#[test]
fn a_value_of_another_form_is_found() {
    use serde_json::json;
    let document = json!({ "a": { "type": "object", "required": ["x"], "properties": { "x": { "type": ["null", "integer"] } } } });
    let wrong = |value: Value| {
        let mut errors = Vec::new();
        let schema = json!({ "oneOf": [{ "$ref": "#/a" }, { "enum": ["b"] }] });
        Schemas::of(&document).check(&schema, &value, "", &mut errors);
        !errors.is_empty()
    };
    for right in [json!({ "x": 1 }), json!({ "x": null }), json!("b")] {
        assert!(!wrong(right.clone()), "{right}");
    }
    for bad in [json!({}), json!({ "x": "1" }), json!({ "x": 1, "y": 2 }), json!("c"), json!(null)] {
        assert!(wrong(bad.clone()), "{bad}");
    }
}
