extension SubscriptionDocument {
    /// Checks everything and makes the subscription.
    ///
    /// - Parameter defaultName: Makes a name where the document has no `id`; called at most once, and only then.
    /// - Throws: ``SubscriptionValidationError`` with all that decoding noted and all values that are out of bounds.
    public func subscription(
        tenant: String, defaultName: () -> String
    ) throws(SubscriptionValidationError) -> Subscription {
        var validator = SubscriptionValidator(noted: self.violations)
        if let id { validator.checkName(id) }
        validator.checkSource(self.source)
        validator.checkTypes(self.types)
        validator.checkFilters(self.filters)
        let sink = validator.checkedSink(self.sink)
        let `protocol` = Self.protocol(of: sink)
        if self.protocol != `protocol` {
            validator.note("/protocol", "must be \"\(`protocol`)\", not \(ExplanationText.quoted(self.protocol))")
        }
        if TopicSink.isMeant(by: sink) { validator.checkTopicSink(self.protocolSettings, self.config) }
        validator.checkProtocolSettings(self.protocolSettings)
        validator.check(self.secrets, self.config.signing)
        validator.check(self.config)
        let subscription = Subscription(
            id: SubscriptionID(tenant: tenant, name: self.id ?? ""), source: self.source, types: self.types,
            filters: self.filters, sink: sink, protocolSettings: self.protocolSettings, config: self.config)
        guard validator.violations.isEmpty else { throw SubscriptionValidationError(errors: validator.violations) }
        guard self.id == nil else { return subscription }
        var named = subscription
        named.id = SubscriptionID(tenant: tenant, name: defaultName())
        return named
    }
}
