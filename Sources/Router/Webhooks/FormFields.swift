import WebhookSignatures

/// The fields of a form.
enum FormFields {
    /// Fields that are looked at.
    private static let fieldsMax = 1_000

    /// Names and values in their order; bytes that are no UTF-8 are replaced.
    static func fields(of body: some Collection<UInt8>) -> [(name: String, value: String)] {
        FormText.pairs(of: body, max: self.fieldsMax).map { pair in
            (String(decoding: pair.name, as: UTF8.self), String(decoding: pair.value, as: UTF8.self))
        }
    }
}
