import CloudEvents
import Testing

@testable import JSONSchema

/// The rules by which schemas are compared, one by one.
struct SchemaCompatibilityTests {
    private static func conflicts(
        _ old: String, _ new: String, _ compatibility: SchemaCompatibility = .backward, stepsMax: Int? = nil
    ) throws -> [SchemaConflict] {
        let (old, new) = (try JSONSchema(JSONNode(old)), try JSONSchema(JSONNode(new)))
        return compatibility.conflicts(old: old, new: new, stepsMax: stepsMax ?? SchemaCompatibility.stepsMax)
    }

    @Test(arguments: [
        ("true", "{}"),
        (#"{"type":"integer"}"#, #"{"type":"number"}"#),
        (#"{"type":"string"}"#, #"{"type":["string","null"]}"#),
        (#"{"type":"string"}"#, #"{"anyOf":[{"type":"string"},{"type":"null"}]}"#),
        (#"{"anyOf":[{"type":"string"},{"type":"null"}]}"#, #"{"type":["null","string"]}"#),
        (#"{"type":"object","required":["a","b"]}"#, #"{"type":"object","required":["a"]}"#),
        (
            #"{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}"#,
            #"{"type":"object","properties":{"a":{"type":"string"},"b":{"minimum":1}},"additionalProperties":false}"#
        ),
        (#"{"properties":{"a":{"maximum":3}}}"#, #"{"properties":{"a":{"maximum":4}}}"#),
        (#"{"enum":["a","b"]}"#, #"{"enum":["a","b","c"]}"#),
        (#"{"const":"a"}"#, #"{"type":"string","maxLength":1}"#),
        (#"{"enum":[1,2]}"#, #"{"type":"integer","minimum":1}"#),
        (#"{"type":"boolean"}"#, #"{"enum":[true,false]}"#),
        (#"{"exclusiveMinimum":3,"type":"number"}"#, #"{"minimum":3}"#),
        (#"{"multipleOf":6}"#, #"{"multipleOf":3}"#),
        (#"{"type":"integer"}"#, #"{"multipleOf":0.5}"#),
        (#"{"minLength":2,"maxLength":4}"#, #"{"minLength":1,"maxLength":5}"#),
        (#"{"pattern":"^a","maxLength":3}"#, #"{"pattern":"^a"}"#),
        (#"{"items":{"type":"integer"}}"#, #"{"items":{"type":"number"}}"#),
        (
            #"{"prefixItems":[{"type":"integer"}],"items":false}"#,
            #"{"prefixItems":[{"type":"number"},{"type":"string"}],"maxItems":2}"#
        ),
        (
            ##"{"$defs":{"n":{"properties":{"s":{"$ref":"#/$defs/n"},"v":{"type":"integer"}}}},"$ref":"#/$defs/n"}"##,
            ##"{"$defs":{"m":{"properties":{"s":{"$ref":"#/$defs/m"},"v":{"type":"number"}}}},"$ref":"#/$defs/m"}"##
        ),
        (
            #"{"type":"object","oneOf":[{"properties":{"k":{"const":"a"}},"required":["k"]},"#
                + #"{"properties":{"k":{"const":"b"}},"required":["k"]}]}"#,
            #"{"type":"object","oneOf":[{"properties":{"k":{"const":"a"}},"required":["k"]},"#
                + #"{"properties":{"k":{"const":"b"}},"required":["k"]},"#
                + #"{"properties":{"k":{"const":"c"}},"required":["k"]}]}"#
        ),
        (#"{"allOf":[{"type":"object"},{"required":["a"]}]}"#, #"{"type":"object","required":["a"]}"#),
        (#"{"patternProperties":{"^x":{"type":"integer"}}}"#, #"{"patternProperties":{"^x":{"type":"number"}}}"#),
        (#"{"propertyNames":{"maxLength":3}}"#, #"{"propertyNames":{"maxLength":4}}"#),
        (#"{"not":{"type":"string"},"title":"old"}"#, #"{"not":{"type":"string"},"title":"new"}"#),
        (#"{"type":"integer"}"#, #"{"not":{"type":"string"}}"#),
        (
            #"{"properties":{"a":{}},"unevaluatedProperties":false}"#,
            #"{"properties":{"a":{}},"unevaluatedProperties":false,"description":"d"}"#
        ),
        (#"{"dependentRequired":{"a":["b","c"]}}"#, #"{"dependentRequired":{"a":["b"]}}"#),
        (#"{"contains":{"const":1},"minContains":2}"#, #"{"contains":{"type":"integer"}}"#),
        ("false", #"{"type":"string"}"#),
        (
            #"{"type":"object","required":["a"],"properties":{"a":false}}"#,
            #"{"type":"string"}"#
        ),
    ])
    func aWiderSchemaIsBackwardCompatible(_ old: String, _ new: String) throws {
        #expect(try Self.conflicts(old, new).isEmpty)
        #expect(try Self.conflicts(new, old, .forward).isEmpty)
    }

    @Test(arguments: [
        (#"{"type":"number"}"#, #"{"type":"integer"}"#, "/type"),
        (#"{"type":["string","null"]}"#, #"{"type":"string"}"#, "/type"),
        (#"{"type":"object"}"#, #"{"type":"object","required":["a"]}"#, "/required"),
        (
            #"{"type":"object","properties":{"a":{"type":"string"}}}"#,
            #"{"type":"object","properties":{"a":{"type":"integer"}}}"#, "/properties/a/type"
        ),
        (#"{"type":"object"}"#, #"{"type":"object","additionalProperties":false}"#, "/additionalProperties"),
        (#"{"type":"object"}"#, #"{"type":"object","properties":{"a":{"type":"string"}}}"#, "/properties/a/type"),
        (#"{"enum":["a","b"]}"#, #"{"enum":["a"]}"#, "/enum"),
        (#"{"type":"string"}"#, #"{"const":"a"}"#, "/const"),
        (#"{"maximum":4}"#, #"{"maximum":3}"#, "/maximum"),
        (#"{"type":"number","minimum":3}"#, #"{"exclusiveMinimum":3}"#, "/exclusiveMinimum"),
        (#"{"type":"string"}"#, #"{"maxLength":3}"#, "/maxLength"),
        (#"{"pattern":"^a"}"#, #"{"pattern":"^b"}"#, "/pattern"),
        (#"{"type":"array"}"#, #"{"type":"array","items":{"type":"string"}}"#, "/items/type"),
        (#"{"type":"array"}"#, #"{"uniqueItems":true}"#, "/uniqueItems"),
        (#"{"type":["string","null"]}"#, #"{"anyOf":[{"type":"string"}]}"#, "/anyOf"),
        (#"{"type":"integer"}"#, #"{"oneOf":[{"type":"number"},{"minimum":1}]}"#, "/oneOf"),
        (#"{"type":"integer"}"#, #"{"not":{"minimum":3}}"#, "/not"),
        (#"{"type":"object"}"#, #"{"unevaluatedProperties":false}"#, "/unevaluatedProperties"),
        (##"{"type":"string"}"##, ##"{"$ref":"#/$defs/n","$defs":{"n":{"type":"integer"}}}"##, "/$defs/n/type"),
        (##"{"type":"string"}"##, ##"{"$ref":"#"}"##, ""),
    ])
    func aNarrowerSchemaIsRefusedWithItsPlace(_ old: String, _ new: String, _ pointer: String) throws {
        let conflicts = try Self.conflicts(old, new)
        #expect(conflicts.map(\.pointer) == [pointer], "\(conflicts)")
        #expect(conflicts.allSatisfy { $0.direction == .backward && $0.detail.contains("may refuse") })
    }

    @Test func aForwardConflictIsToldInThePlaceOfTheNewSchema() throws {
        let old = #"{"properties":{"a":{"properties":{"b":{"type":"string"}}}}}"#
        let new = #"{"properties":{"a":{"properties":{"b":{"type":["string","integer"]}}}}}"#
        let conflicts = try Self.conflicts(old, new, .forward)
        #expect(conflicts.map(\.pointer) == ["/properties/a/properties/b"])
        #expect(conflicts.first?.detail.contains("'/properties/a/properties/b/type'") == true)
        #expect(try Self.conflicts(old, new).isEmpty)
        #expect(try Self.conflicts(old, new, .full).count == 1)
        #expect(try Self.conflicts(old, new, .none).isEmpty)
    }

    @Test func everythingThatIsWrongIsToldAtOnce() throws {
        let old = #"{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"number"}}}"#
        let new = #"{"type":"object","properties":{"a":{"type":"null"},"b":{"type":"integer"}},"required":["c"]}"#
        let places = try Self.conflicts(old, new).map(\.pointer)
        #expect(places == ["/required", "/properties/a/type", "/properties/b/type"])
    }

    @Test func dynamicReferencesAreNotCompared() throws {
        let schema = ##"{"$dynamicAnchor":"n","properties":{"a":{"$dynamicRef":"#n"}}}"##
        #expect(try Self.conflicts(schema, schema).first?.detail.contains("$dynamicRef") == true)
    }

    /// Choices that multiply: the comparison ends, and does not say yes.
    @Test func aComparisonThatTakesTooLongIsAConflict() throws {
        let choices = (0..<24).map { #"{"oneOf":[{"required":["a\#($0)"]},{"required":["b\#($0)"]}]}"# }
        let old = #"{"type":"object","allOf":[\#(choices.joined(separator: ","))]}"#
        let conflicts = try Self.conflicts(old, #"{"type":"object","minProperties":24}"#, stepsMax: 20_000)
        #expect(conflicts.map(\.pointer) == [""])
        #expect(conflicts.first?.detail.contains("20000 steps") == true)
    }

    @Test func patternsTogetherHaveABound() throws {
        let many = (0..<40).map { #""p\#($0)":{"pattern":"a{9000}"}"# }.joined(separator: ",")
        #expect(throws: SchemaFault.self) { try JSONSchema(JSONNode(#"{"properties":{\#(many)}}"#)) }
    }
}
