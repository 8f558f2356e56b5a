/// Why nothing is sent to an address.
public struct AddressRefusal: Error, Hashable, Sendable {
    /// What kind of address it is: for everybody to know.
    public let addressClass: AddressClass
    /// The address; nil where the host's text was enough. It may tell of a network: for the operator alone.
    public let address: IPAddress?

    public init(_ addressClass: AddressClass, address: IPAddress? = nil) {
        self.addressClass = addressClass
        self.address = address
    }
}
