import CloudEvents
import Testing

/// The other direction: an event that was read is written in every mode of every binding, and read again.
enum WrittenForms {
    static func check(_ event: CloudEvent, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let expected = EventContent(event)
        for binding in EventMessage.Binding.allCases {
            let binary = try EventMessage(binary: event, binding: binding).events()
            #expect(binary.map(EventContent.init) == [expected], "\(binding) binary", sourceLocation: sourceLocation)
            let structured = try EventMessage(structured: [event], binding: binding).events()
            #expect(
                structured.map(EventContent.init) == [expected.withImpliedType], "\(binding) structured",
                sourceLocation: sourceLocation)
        }
        let batch = try EventMessage(structured: [event, event], isBatch: true, binding: .http).events()
        #expect(
            batch.map(EventContent.init) == [expected.withImpliedType, expected.withImpliedType], "http batched",
            sourceLocation: sourceLocation)
        let logged = try EventMessage(binary: event, binding: .kafka).events()
        #expect(logged == [event], "the log keeps types too", sourceLocation: sourceLocation)
    }
}
