/// The meta-schemas of JSON Schema 2020-12, by which schemas may be checked themselves.
enum MetaSchema {
    private static let head = #""$schema": "https://json-schema.org/draft/2020-12/schema", "$dynamicAnchor": "meta""#
    private static let address = "https://json-schema.org/draft/2020-12"
    private static let schemas =
        ##"{"type": "object", "additionalProperties": {"$dynamicRef": "#meta"}, "default": {}}"##
    private static let schema = ##"{"$dynamicRef": "#meta"}"##
    private static let list = ##"{"type": "array", "minItems": 1, "items": {"$dynamicRef": "#meta"}}"##
    private static let names = #"{"type": "array", "items": {"type": "string"}, "uniqueItems": true, "default": []}"#
    private static let count = #"{"type": "integer", "minimum": 0}"#
    private static let text = #"{"type": "string"}"#
    private static let number = #"{"type": "number"}"#
    private static let flag = #"{"type": "boolean", "default": false}"#
    private static let simpleType = #"{"enum": ["array", "boolean", "integer", "null", "number", "object", "string"]}"#
    private static let anchor = #"{"type": "string", "pattern": "^[A-Za-z_][-A-Za-z0-9._]*$"}"#

    static let documents: [String] = [
        root, vocabulary("core", core), vocabulary("applicator", applicator), vocabulary("unevaluated", unevaluated),
        vocabulary("validation", validation), vocabulary("meta-data", metaData),
        vocabulary("format-annotation", ["format": text]), vocabulary("format-assertion", ["format": text]),
        vocabulary("content", ["contentEncoding": text, "contentMediaType": text, "contentSchema": schema]),
    ]

    private static let parts = [
        "core", "applicator", "unevaluated", "validation", "meta-data", "format-annotation", "content",
    ]

    private static var root: String {
        let vocabularies = self.parts.map { #""\#(self.address)/vocab/\#($0)": true"# }.joined(separator: ", ")
        let all = self.parts.map { #"{"$ref": "meta/\#($0)"}"# }.joined(separator: ", ")
        return """
            {"$id": "\(self.address)/schema", \(self.head), "$vocabulary": {\(vocabularies)}, "allOf": [\(all)],
             "type": ["object", "boolean"], "properties": {"definitions": \(self.schemas),
             "dependencies": {"type": "object"}, "$recursiveAnchor": \(self.anchor), "$recursiveRef": \(self.text)}}
            """
    }

    private static func vocabulary(_ name: String, _ keywords: KeyValuePairs<String, String>) -> String {
        let properties = keywords.map { #""\#($0.key)": \#($0.value)"# }.joined(separator: ", ")
        return """
            {"$id": "\(self.address)/meta/\(name)", \(self.head),
             "$vocabulary": {"\(self.address)/vocab/\(name)": true}, "type": ["object", "boolean"],
             "properties": {\(properties)}}
            """
    }

    private static let core: KeyValuePairs<String, String> = [
        "$id": #"{"type": "string", "format": "uri-reference", "pattern": "^[^#]*#?$"}"#,
        "$schema": #"{"type": "string", "format": "uri"}"#,
        "$ref": #"{"type": "string", "format": "uri-reference"}"#,
        "$anchor": anchor,
        "$dynamicRef": #"{"type": "string", "format": "uri-reference"}"#,
        "$dynamicAnchor": anchor,
        "$vocabulary": #"{"type": "object", "additionalProperties": {"type": "boolean"}}"#,
        "$comment": text,
        "$defs": schemas,
    ]

    private static let applicator: KeyValuePairs<String, String> = [
        "prefixItems": list, "items": schema, "contains": schema, "additionalProperties": schema,
        "properties": schemas, "patternProperties": schemas, "dependentSchemas": schemas, "propertyNames": schema,
        "if": schema, "then": schema, "else": schema, "allOf": list, "anyOf": list, "oneOf": list, "not": schema,
    ]

    private static let unevaluated: KeyValuePairs<String, String> = [
        "unevaluatedItems": schema, "unevaluatedProperties": schema,
    ]

    private static let validation: KeyValuePairs<String, String> = [
        "type": """
        {"anyOf": [\(simpleType), {"type": "array", "items": \(simpleType), "minItems": 1, "uniqueItems": true}]}
        """,
        "const": "true", "enum": #"{"type": "array", "items": true}"#,
        "multipleOf": #"{"type": "number", "exclusiveMinimum": 0}"#,
        "maximum": number, "exclusiveMaximum": number, "minimum": number, "exclusiveMinimum": number,
        "maxLength": count, "minLength": count, "pattern": #"{"type": "string", "format": "regex"}"#,
        "maxItems": count, "minItems": count, "uniqueItems": flag, "maxContains": count, "minContains": count,
        "maxProperties": count, "minProperties": count, "required": names,
        "dependentRequired": #"{"type": "object", "additionalProperties": \#(names)}"#,
    ]

    private static let metaData: KeyValuePairs<String, String> = [
        "title": text, "description": text, "default": "true", "deprecated": flag, "readOnly": flag,
        "writeOnly": flag, "examples": #"{"type": "array", "items": true}"#,
    ]
}
