import CloudEvents
import Foundation
import FuzzKit
import NIOCore
import Testing

/// Mutated documents: our reader and Foundation's agree on what is JSON, and whatever is taken as an event is one.
/// `FUZZ_ITERATIONS` and `FUZZ_SEED` extend and repeat a run.
struct JSONFuzzTests {
    private static let seed = SeededRandom.runSeed
    private static let count = SeededRandom.iterations(default: 20_000)

    private static let tokens = FuzzTarget.event.tokens

    /// Whether Foundation reads the bytes as JSON.
    private static func isJSONToFoundation(_ bytes: [UInt8]) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
    }

    /// Whether our reader takes the bytes as JSON: only then does it write them as they are.
    private static func isJSONToUs(_ bytes: [UInt8]) -> Bool {
        let event = CloudEvent.sample("datacontenttype", "application/json", data: ByteBuffer(bytes: bytes))
        return !event.json.contains("\"data_base64\":\"")
    }

    /// Where Foundation does something else than RFC 8259: it guesses UTF-16 and UTF-32 from NUL bytes, takes a byte
    /// order mark, refuses numbers that a Double does not hold, and halves of surrogate pairs.
    private static func isComparable(_ bytes: [UInt8]) -> Bool {
        guard !bytes.contains(0), !bytes.starts(with: [0xef, 0xbb, 0xbf]), !bytes.starts(with: [0xfe, 0xff]),
            !bytes.starts(with: [0xff, 0xfe])
        else { return false }
        let text = String(decoding: bytes, as: UTF8.self).lowercased()
        return !text.contains("\\ud") && !self.hasWideNumber(bytes) && !self.hasTrailingComma(bytes)
    }

    /// Whether a comma stands before a closing bracket.
    private static func hasTrailingComma(_ bytes: [UInt8]) -> Bool {
        var isAfterComma = false
        for byte in bytes {
            switch byte {
            case UInt8(ascii: ","): isAfterComma = true
            case UInt8(ascii: "]") where isAfterComma, UInt8(ascii: "}") where isAfterComma: return true
            case 0x20, 0x09, 0x0a, 0x0d: break
            default: isAfterComma = false
            }
        }
        return false
    }

    /// Whether a run of 18 digits, or an exponent of three, stands anywhere.
    private static func hasWideNumber(_ bytes: [UInt8]) -> Bool {
        var (digits, digitsMax) = (0, 18)
        for byte in bytes {
            switch byte {
            case 0x30...0x39: digits += 1
            case UInt8(ascii: "e"), UInt8(ascii: "E"): (digits, digitsMax) = (0, 3)
            case UInt8(ascii: "+") where digits == 0, UInt8(ascii: "-") where digits == 0: break
            default: (digits, digitsMax) = (0, 18)
            }
            if digits >= digitsMax { return true }
        }
        return false
    }

    /// Whether the run is long enough to ask that both outcomes were met.
    private static var isLong: Bool { self.count >= 1_000 }

    @Test func readerAgreesWithFoundationOnWhatIsJSON() {
        var (accepted, compared) = (0, 0)
        for index in 0..<UInt64(Self.count) {
            var random = SeededRandom(seed: Self.seed &+ index)
            let original = Array(random.json().utf8)
            let bytes = random.once(in: 8) ? original : random.mutated(original, tokens: Self.tokens)
            guard Self.isComparable(bytes) else { continue }
            compared += 1
            let (ours, theirs) = (Self.isJSONToUs(bytes), Self.isJSONToFoundation(bytes))
            accepted += ours ? 1 : 0
            guard ours == theirs else {
                let text = String(decoding: bytes, as: UTF8.self).debugDescription
                Issue.record("FUZZ_SEED=\(Self.seed &+ index): we \(ours), Foundation \(theirs): \(text)")
                return
            }
        }
        #expect(!Self.isLong || compared > Self.count / 2, "most cases are compared")
        #expect(
            !Self.isLong || (accepted > compared / 10 && accepted < compared * 9 / 10),
            "both outcomes are met: \(accepted) of \(compared)")
    }

    @Test func whatIsTakenAsAnEventIsOne() {
        var accepted = 0
        for index in 0..<UInt64(Self.count) {
            var random = SeededRandom(seed: Self.seed &+ index)
            let event = random.event()
            let bytes = random.mutated(Array(event.json.utf8), tokens: Self.tokens)
            do throws(CloudEventError) {
                let event = try JSONEventFormat.decode(buffer(bytes))
                accepted += 1
                if let fault = Self.fault(of: event, from: bytes) {
                    Issue.record("FUZZ_SEED=\(Self.seed &+ index): \(fault)\n\(String(decoding: bytes, as: UTF8.self))")
                    return
                }
            } catch {
                guard let place = error.byteOffset, (0...bytes.count).contains(place), !error.reason.isEmpty else {
                    Issue.record("FUZZ_SEED=\(Self.seed &+ index): an error without a place: \(error)")
                    return
                }
            }
        }
        #expect(!Self.isLong || accepted > Self.count / 20, "mutations leave some events whole: \(accepted)")
    }

    /// What is wrong with an event that was taken.
    private static func fault(of event: CloudEvent, from bytes: [UInt8]) -> String? {
        if self.isComparable(bytes), !self.isJSONToFoundation(bytes) { return "Foundation says that it is no JSON" }
        return EventInvariants.fault(of: event)
    }

    @Test func headersOfAnyBytesAreReadOrRefused() {
        let pieces = [
            "%", "%2", "%41", "%C3%A9", "%c3", "\"", "\\", " ", "a", "é", "\u{fffd}", "%00", "%22", "~", "\t",
        ]
        var accepted = 0
        for index in 0..<UInt64(Self.count) {
            var random = SeededRandom(seed: Self.seed &+ index)
            let value = (0..<random.below(6)).map { _ in random.pick(pieces) }.joined()
            let headers = [
                (name: "ce-specversion", value: "1.0"), (name: "ce-id", value: value), (name: "ce-source", value: "/"),
                (name: "ce-type", value: "t"),
            ]
            do throws(CloudEventError) {
                let event = try HTTPBinding.decodeBinary(headers: headers, contentType: nil, body: nil)
                accepted += 1
                var sent = ""
                _ = HTTPBinding.encodeBinary(event) { name, value in if name == "ce-id" { sent = value } }
                let again = [headers[0], (name: "ce-id", value: sent), headers[2], headers[3]]
                let back = try HTTPBinding.decodeBinary(headers: again, contentType: nil, body: nil)
                guard back == event else {
                    Issue.record("FUZZ_SEED=\(Self.seed &+ index): \(value) becomes \(event.id), \(sent), \(back.id)")
                    return
                }
            } catch {
                guard error.attribute == "id", error.code == .invalidAttributeValue else {
                    Issue.record("FUZZ_SEED=\(Self.seed &+ index): \(value): \(error)")
                    return
                }
            }
        }
        #expect(!Self.isLong || (accepted > Self.count / 20 && accepted < Self.count * 19 / 20))
    }
}
