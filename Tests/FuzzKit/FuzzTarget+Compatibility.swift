import JSONSchema

extension FuzzTarget {
    static let schemaPairs = [
        #"{"type":"object","properties":{"a":{"type":"integer","minimum":1}},"required":["a"]}"# + "\n"
            + #"{"type":"object","properties":{"a":{"type":"number"}}}"# + "\n{\"a\":5}",
        ##"{"$defs":{"n":{"anyOf":[{"type":"null"},{"items":{"$ref":"#/$defs/n"}}]}},"$ref":"#/$defs/n"}"## + "\n"
            + ##"{"$defs":{"m":{"items":{"$ref":"#/$defs/m"}}},"$ref":"#/$defs/m"}"## + "\n[[null]]",
        #"{"oneOf":[{"const":1},{"const":"a"}]}"# + "\n" + #"{"enum":[1,"a",null]}"# + "\n\"a\"",
        #"{"patternProperties":{"^a":{"maxLength":3}},"additionalProperties":false}"# + "\n"
            + #"{"patternProperties":{"^a":{"maxLength":4}},"additionalProperties":{"type":"string"}}"#
            + "\n{\"ab\":\"x\"}",
        #"{"if":{"const":1},"then":false,"else":{"multipleOf":4}}"# + "\n"
            + #"{"if":{"const":1},"then":false,"else":{"multipleOf":4},"title":"t"}"# + "\n8",
        #"{"prefixItems":[{"type":"integer"}],"items":false,"uniqueItems":true}"# + "\n"
            + #"{"prefixItems":[{"type":"number"},true],"maxItems":1}"# + "\n[1]",
        "false\n{\"not\":{}}\n1",
    ]

    /// What is called compatible takes what the old schema took; every comparison ends within its steps.
    static func compatibility(_ bytes: [UInt8]) -> Outcome {
        let parts = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard parts.count == 3, let oldNode = try? JSONNode(parts[0]), let newNode = try? JSONNode(parts[1]) else {
            return .refused
        }
        var limits = JSONSchema.Limits()
        limits.stepsMax = 20_000
        guard let old = try? JSONSchema(oldNode, limits: limits), let new = try? JSONSchema(newNode, limits: limits)
        else {
            return .refused
        }
        let conflicts = SchemaCompatibility.backward.conflicts(old: old, new: new, stepsMax: 20_000)
        let mirrored = SchemaCompatibility.forward.conflicts(old: new, new: old, stepsMax: 20_000)
        guard conflicts.isEmpty == mirrored.isEmpty else { return .violated("the two ways differ") }
        guard conflicts.isEmpty else {
            return conflicts.allSatisfy { !$0.detail.isEmpty } ? .refused : .violated("a conflict without a reason")
        }
        guard let value = try? JSONNode(parts[2]), old.isValid(value), !new.isValid(value) else { return .accepted }
        let isOverLimit = new.violations(in: value).contains {
            $0.detail.contains(" steps") || $0.detail.contains("deeper")
        }
        return isOverLimit ? .accepted : .violated("called compatible, and refuses what the old schema takes")
    }
}
