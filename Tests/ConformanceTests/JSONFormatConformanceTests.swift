import CloudEvents
import Foundation
import NIOCore
import Testing

@Suite(
    .enabled(
        if: ConformanceSuite.cloudEventsJSON.isPresent,
        "the suite of the JSON format does not lie beside the repository"))
struct JSONFormatConformanceTests {
    @Test(arguments: JSONFormatCase.positives)
    func documentIsReadAndWrittenAgain(_ document: JSONFormatCase) throws {
        let event = try JSONEventFormat.decode(ByteBuffer(string: document.text))
        try event.validate()
        #expect(Self.attributes(of: event) == document.attributes)
        let texts = document.attributes.mapValues { Self.text(of: $0) }
        #expect(EventContent(event) == EventContent(attributes: texts, data: document.data))
        let batch = try JSONEventFormat.decodeBatch(ByteBuffer(string: "[\(document.text),\(document.text)]"))
        #expect(batch == [event, event])
        var written = ByteBuffer()
        JSONEventFormat.encode(event, into: &written)
        let again = try JSONEventFormat.decode(written)
        #expect(Self.attributes(of: again) == document.attributes)
        try WrittenForms.check(event)
    }

    @Test(arguments: JSONFormatCase.negatives)
    func documentThatIsNoEventIsRefusedByName(_ document: JSONFormatCase) {
        #expect(Self.fault(of: document.text)?.attribute == document.culprit)
        #expect(Self.fault(of: document.text)?.byteOffset != nil)
    }

    @Test(arguments: JSONFormatCase.all.filter(\.isNamedNegative))
    func documentWhoseNameSaysSoIsRefused(_ document: JSONFormatCase) {
        #expect(document.culprit != nil)
        #expect(Self.fault(of: document.text) != nil)
    }

    @Test func theSuiteHasItsCases() {
        #expect(JSONFormatCase.positives.count >= 14)
        #expect(JSONFormatCase.negatives.count >= 2)
    }

    private static func fault(of text: String) -> CloudEventError? {
        do throws(CloudEventError) {
            _ = try JSONEventFormat.decode(ByteBuffer(string: text))
            return nil
        } catch {
            return error
        }
    }

    private static func attributes(of event: CloudEvent) -> [String: JSONFormatCase.Value] {
        var attributes: [String: JSONFormatCase.Value] = [:]
        event.attributes.forEach { name, value, kind in
            let text = String(decoding: value, as: UTF8.self)
            attributes[String(decoding: name, as: UTF8.self)] =
                switch kind {
                case .string: .string(text)
                case .integer: Int(text).map { .integer($0) } ?? .string(text)
                case .boolean: .boolean(text == "true")
                }
        }
        return attributes
    }

    private static func text(of value: JSONFormatCase.Value) -> String {
        switch value {
        case .string(let text): text
        case .integer(let number): String(number)
        case .boolean(let flag): flag ? "true" : "false"
        }
    }
}
