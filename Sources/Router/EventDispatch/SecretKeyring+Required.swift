import SecretSealing

extension SecretKeyring? {
    /// The ring.
    /// - Throws: `conflict` where there is none, with what to set.
    func required() throws(ServiceError) -> SecretKeyring {
        guard let self else {
            throw ServiceError(
                .conflict,
                "secrets cannot be kept without a key: set secrets.encryptionKey or "
                    + "secrets.encryptionKeyFile, the same one for every router of the cluster")
        }
        return self
    }
}
