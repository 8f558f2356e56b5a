import CloudEvents
import Foundation
import NIOCore
import Testing

@Suite(.enabled(if: ConformanceSuite.cloudEvents.isPresent, "the CloudEvents suite does not lie beside the repository"))
struct BindingConformanceTests {
    @Test(arguments: BindingScenario.all)
    func messageOfAScenarioIsReadAndWrittenAgain(_ scenario: BindingScenario) throws {
        let (message, event) = try scenario.run()
        try Self.expectWritten(event, like: message)
        try WrittenForms.check(event)
    }

    @Test(arguments: YAMLEventCase.all, EventMessage.Binding.allCases)
    func eventOfASampleIsReadAndWrittenAgain(_ sample: YAMLEventCase, _ binding: EventMessage.Binding) throws {
        for mode in sample.modes {
            let message = try sample.message(mode: mode, binding: binding)
            if let missing = sample.missingAttribute {
                Self.expectRefused(message, attribute: missing)
                continue
            }
            let events = try message.events()
            #expect(events.map(EventContent.init) == [sample.content(mode: mode)], "\(mode)")
            for event in events {
                try event.validate()
                try WrittenForms.check(event)
            }
        }
    }

    @Test func theSuiteHasItsCases() {
        #expect(BindingScenario.all.count >= 7)
        #expect(YAMLEventCase.all.count >= 15)
    }

    /// What the router writes in the mode of a message is the message.
    private static func expectWritten(_ event: CloudEvent, like message: EventMessage) throws {
        let body = Data(try #require(message.body).readableBytesView)
        let written: EventMessage
        if message.isStructured {
            written = EventMessage(structured: [event], binding: message.binding)
            #expect(try HTTPBinding.mode(ofContentType: written.contentType) == .structured)
        } else {
            written = EventMessage(binary: event, binding: message.binding)
            #expect(written.attributeHeaders == message.attributeHeaders)
        }
        let text = Data(try #require(written.body).readableBytesView)
        #expect(EventContent.canonicalJSON(text) == EventContent.canonicalJSON(body))
    }

    private static func expectRefused(_ message: EventMessage, attribute: String) {
        #expect {
            try message.events()
        } throws: { error in
            let error = error as? CloudEventError
            return error?.code == .missingAttribute && error?.attribute == attribute
        }
    }
}
