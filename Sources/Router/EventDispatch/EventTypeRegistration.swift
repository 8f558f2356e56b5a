/// What became of a registration.
public struct EventTypeRegistration: Sendable {
    public var view: EventTypeView
    /// Whether the type was not there.
    public var isNewType: Bool
    /// Whether the schema was not the latest version already.
    public var isNewVersion: Bool

    public init(view: EventTypeView, isNewType: Bool, isNewVersion: Bool) {
        self.view = view
        self.isNewType = isNewType
        self.isNewVersion = isNewVersion
    }
}
