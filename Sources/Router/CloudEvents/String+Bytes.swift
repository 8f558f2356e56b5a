extension String {
    /// The UTF-8 bytes, valid only inside the call; with typed errors, which `withUTF8` does not know.
    mutating func withBytes<R>(
        _ body: (UnsafeRawBufferPointer) throws(CloudEventError) -> R
    ) throws(CloudEventError) -> R {
        let result: Result<R, CloudEventError> = self.withUTF8 { bytes in
            do throws(CloudEventError) {
                return .success(try body(UnsafeRawBufferPointer(bytes)))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
