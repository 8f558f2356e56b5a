/// Something that speaks Kafka's protocol on this machine.
package protocol KafkaBroker: Sendable {
    /// Which one it is; ``BrokerKind/limit(_:)`` says what it cannot do.
    var kind: BrokerKind { get }

    /// `127.0.0.1:PORT`, several of them separated by commas.
    var bootstrap: String { get }

    /// Ends it and removes what it kept. Harmless when it has ended already.
    func stop() async
}
