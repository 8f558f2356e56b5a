import CloudEvents
import Testing

@testable import JSONSchema

struct JSONSchemaTests {
    private static func schema(_ text: String) throws -> JSONSchema { try JSONSchema(JSONNode(text)) }

    private static func fits(_ schema: String, _ value: String) throws -> Bool {
        try self.schema(schema).isValid(JSONNode(value))
    }

    @Test(arguments: [
        ("1", "1.0", true), ("100", "1e2", true), ("0", "-0.0e9", true),
        ("12345678901234567890", "12345678901234567891", false),
        ("0.1", "0.10", true), ("1e400", "10e399", true), ("-1", "1", false),
    ])
    func numbersAreComparedExactly(_ left: String, _ right: String, _ equal: Bool) throws {
        #expect(try Self.fits(#"{"const": \#(left)}"#, right) == equal)
    }

    @Test(arguments: [
        ("3", "9007199254740993", true), ("2", "9007199254740993", false), ("0.01", "4.35", true),
        ("0.1", "1e1000", true),
        ("7", "1e1000", false), ("1e-300", "1", true), ("3", "0", true), ("0.3", "0.9", true), ("1.1", "3.3", true),
    ])
    func multiplesAreExactToo(_ divisor: String, _ value: String, _ isMultiple: Bool) throws {
        #expect(try Self.fits(#"{"multipleOf": \#(divisor)}"#, value) == isMultiple)
    }

    @Test(arguments: [
        ("-2", "-1", true), ("9", "10", true), ("0.9", "1", true), ("-1e3", "1e-3", true), ("1.09", "1.1", true),
        ("0", "1e-1000", true), ("-1e-1000", "0", true), ("99", "100.5", true),
    ])
    func numbersHaveAnOrder(_ less: String, _ more: String, _ isLess: Bool) throws {
        #expect(try Self.fits(#"{"exclusiveMaximum": \#(more)}"#, less) == isLess)
        #expect(try Self.fits(#"{"exclusiveMaximum": \#(less)}"#, more) != isLess)
        #expect(try !Self.fits(#"{"exclusiveMaximum": \#(less)}"#, less))
    }

    @Test func otherSpellingsOfACharacterAreOtherTexts() throws {
        #expect(try !Self.fits(#"{"const": "\u00e9"}"#, #""e\u0301""#))
        #expect(try !Self.fits(#"{"required": ["\u00e9"]}"#, #"{"e\u0301": 1}"#))
        #expect(try Self.fits(#"{"maxLength": 1}"#, #""\ud83d\ude00""#))
    }

    @Test func aViolationTellsWhereItIsAndWhatIsAskedFor() throws {
        let schema = try Self.schema(
            #"{"properties": {"a/b": {"items": {"type": "integer"}}}, "required": ["c"], "#
                + #""additionalProperties": false}"#)
        let violations = schema.violations(in: try JSONNode(#"{"a/b": [1, "x"], "d": 1}"#))
        #expect(
            violations == [
                SchemaViolation(pointer: "", detail: "must have the member 'c'", schemaPointer: "/required"),
                SchemaViolation(
                    pointer: "/a~1b/1", detail: "is of type string: must be integer",
                    schemaPointer: "/properties/a~1b/items/type"),
                SchemaViolation(
                    pointer: "/d", detail: "nothing may stand here", schemaPointer: "/additionalProperties"),
            ])
    }

    @Test func onlySoManyViolationsAreTold() throws {
        let items = Array(repeating: "\"x\"", count: 1_000).joined(separator: ",")
        #expect(try Self.schema(#"{"items": {"type": "integer"}}"#).violations(in: JSONNode("[\(items)]")).count == 20)
    }

    @Test(arguments: [
        (#"{"type": "text"}"#, "/type"), (#"{"type": 1}"#, "/type"), (#"{"minLength": -1}"#, "/minLength"),
        (#"{"minLength": 1.5}"#, "/minLength"), (#"{"multipleOf": 0}"#, "/multipleOf"),
        (#"{"pattern": "("}"#, "/pattern"),
        (#"{"pattern": "(?=a)"}"#, "/pattern"), (#"{"patternProperties": {"(": true}}"#, "/patternProperties/("),
        (#"{"allOf": []}"#, "/allOf"), (#"{"allOf": {}}"#, "/allOf"), (#"{"properties": []}"#, "/properties"),
        (#"{"properties": {"a": 1}}"#, "/properties/a"), (#"{"required": "a"}"#, "/required"),
        (#"{"required": [1]}"#, "/required"), (#"{"enum": 1}"#, "/enum"), (##"{"$ref": "#/$defs/a"}"##, "/$ref"),
        (##"{"$ref": "#a"}"##, "/$ref"), (##"{"$ref": "https://example.com/schema"}"##, "/$ref"),
        (#"{"$ref": 1}"#, "/$ref"),
        (#"{"$id": "a#b"}"#, "/$id"), (#"{"$anchor": "1"}"#, "/$anchor"), (#"{"uniqueItems": 1}"#, "/uniqueItems"),
        (#"{"$schema": "http://json-schema.org/draft-07/schema#"}"#, "/$schema"), (#"{"maximum": "1"}"#, "/maximum"),
        (#"{"dependentRequired": {"a": "b"}}"#, "/dependentRequired"), (#"{"not": 1}"#, "/not"), ("1", ""),
        (#"{"$defs": {"a": {"$id": "x"}, "b": {"$id": "x"}}}"#, "/$defs/b"), (#"{"format": 1}"#, "/format"),
    ])
    func whatIsNoSchemaIsRefusedAndSaysWhere(_ text: String, _ pointer: String) throws {
        let document = try JSONNode(text)
        let fault = #expect(throws: SchemaFault.self) { try JSONSchema(document) }
        if pointer == "/$defs/b" {
            #expect(fault?.pointer.hasPrefix("/$defs/") == true)
        } else {
            #expect(fault?.pointer == pointer)
        }
    }

    @Test func aSchemaThatRefersToItselfOnTheSameValueEnds() throws {
        let violations = try Self.schema(##"{"$ref": "#"}"##).violations(in: .null)
        #expect(violations.map(\.detail) == ["schemas are applied deeper than 256 levels"])
    }

    @Test func validationEndsAfterSoManySteps() throws {
        // Each level tries both branches: two to the power of the depth without a bound.
        let branch =
            ##"{"anyOf": [{"properties": {"a": {"$ref": "#"}}}, {"properties": {"a": {"$ref": "#"}}}], "##
            + #""unevaluatedProperties": true}"#
        let value = String(repeating: #"{"a":"#, count: 60) + "1" + String(repeating: "}", count: 60)
        let violations = try Self.schema(branch).violations(in: JSONNode(value))
        #expect(violations.map(\.detail) == ["validation takes more than 2000000 steps"])
    }

    @Test(arguments: ["{\"a\":1,\"a\":2}", "[1,]", "01", "1e1000001", "\"\\ud800\"", "", "nul", "[1] 2"])
    func whatIsNoJSONIsRefused(_ text: String) {
        #expect(throws: CloudEventError.self) { try JSONNode(text) }
    }

    @Test func nestingIsBounded() {
        let text = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        #expect(throws: CloudEventError.self) { try JSONNode(text) }
    }
}
