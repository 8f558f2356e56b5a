import CloudEvents
import JSONSchema

extension FuzzTarget {
    static let schemas = [
        #"{"type":"object","properties":{"a":{"type":"integer","minimum":1}},"required":["a"]}"# + "\n{\"a\":5}",
        ##"{"$defs":{"n":{"anyOf":[{"type":"null"},{"items":{"$ref":"#/$defs/n"}}]}},"$ref":"#/$defs/n"}"##
            + "\n[[null]]",
        #"{"pattern":"^a+b*$","maxLength":9,"format":"date"}"# + "\n\"aab\"",
        #"{"if":{"const":1},"then":false,"else":{"multipleOf":0.01}}"# + "\n4.35",
        ##"{"$id":"x:y","$dynamicAnchor":"t","properties":{"c":{"$dynamicRef":"#t"}},"unevaluatedProperties":false}"##
            + "\n{\"c\":{}}",
        #"{"prefixItems":[true],"contains":{"minimum":2},"unevaluatedItems":{"type":"string"},"uniqueItems":true}"#
            + "\n[1,2,\"x\"]",
        #"{"oneOf":[{"enum":[1,2]},{"not":{"type":"number"}}],"dependentRequired":{"a":["b"]}}"# + "\n1",
        "true\nnull",
    ]

    static let schemaWords = [
        "\"$ref\":\"#\",", "\"$ref\":\"#/$defs/n\"", "\"allOf\":[", "\"anyOf\":[", "\"oneOf\":[{},", "\"not\":",
        "\"$id\":\"a\",",
        "\"items\":", "\"properties\":{", "\"patternProperties\":{\"a*\":", "\"additionalProperties\":",
        "\"propertyNames\":",
        "\"pattern\":\"(a|b)*\",", "\"type\":[\"null\",\"array\"],", "\"minimum\":", "1e5", "0.1", "\"$anchor\":\"n\",",
        "\"unevaluatedItems\":", "\"contains\":", "\"minContains\":0,", "\"const\":", "\"enum\":[",
        "\"required\":[\"a\"],", "\n",
    ]

    static let patterns = [
        "^a*$\naaa", "(x|y)+z{2,3}\nxyzz", "[^a-c\\d]\nd", "\\bfoo\\B\nfoob", "\\p{Lu}\\P{L}\nA1",
        "^(?:a??|b)*c$\nabac", ".\\u{61}\nba",
        "(?<n>[\\w.-]+)@\\x61\nq@a",
    ]

    static let patternWords = [
        "(", ")", "|", "*", "+", "?", "{0,2}", "{3}", "[", "]", "^", "$", "\\", "\\d", "\\w", "\\b", "\\p{L}", "(?:",
        "(?=", "(?<a>", "-",
        "\\u{1F600}", "\\1", ".", "a", "😀", "\n",
    ]

    private static func halves(_ bytes: [UInt8]) -> (first: String, second: String) {
        let end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
        return (
            String(decoding: bytes[..<end], as: UTF8.self), String(decoding: bytes[end...].dropFirst(), as: UTF8.self)
        )
    }

    static func schema(_ bytes: [UInt8]) -> Outcome {
        let (text, data) = self.halves(bytes)
        var limits = JSONSchema.Limits()
        limits.stepsMax = 50_000
        guard let document = try? JSONNode(text), let value = try? JSONNode(data) else { return .refused }
        let schema: JSONSchema
        do throws(SchemaFault) { schema = try JSONSchema(document, limits: limits) } catch {
            return error.reason.isEmpty ? .violated("a fault without a reason") : .refused
        }
        let violations = schema.violations(in: value)
        guard schema.isValid(value) == violations.isEmpty else { return .violated("valid and not valid") }
        guard violations == schema.violations(in: value) else { return .violated("two results") }
        for violation in violations where !self.leads(violation.pointer, into: value) {
            return .violated("a violation at '\(violation.pointer)', where nothing is")
        }
        return .accepted
    }

    private static func leads(_ pointer: String, into value: JSONNode) -> Bool {
        var value = value
        for token in JSONPointer.tokens(of: pointer) {
            switch value {
            case .object(let members):
                guard let member = members[ExactText(token)] else { return false }
                value = member
            case .array(let items):
                guard let index = Int(token), items.indices.contains(index) else { return false }
                value = items[index]
            default: return false
            }
        }
        return true
    }

    static func pattern(_ bytes: [UInt8]) -> Outcome {
        let (pattern, text) = self.halves(bytes)
        guard let compiled = try? SchemaPattern(pattern) else { return .refused }
        let matches = compiled.matches(text)
        for same in ["(?:\(pattern))", "(?:\(pattern))|(?:\(pattern))", "(?:\(pattern)){1}"] {
            // Written out twice it may be too long.
            guard let other = try? SchemaPattern(same) else { continue }
            if other.matches(text) != matches { return .violated("'\(same)' does not match the same") }
        }
        return .accepted
    }
}
