/// Which data are JSON.
package enum JSONContent {
    /// Whether a `datacontenttype` names JSON: `*/json` or `*/*+json`, whatever its parameters (CloudEvents 1.0,
    /// section 3.1; JSON event format, section 3.1). What is no media type does not.
    package static func isNamed(by contentType: UnsafeRawBufferPointer) -> Bool {
        MediaType(contentType)?.content == .json
    }
}
