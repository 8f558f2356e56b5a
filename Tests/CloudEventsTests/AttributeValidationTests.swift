import CloudEvents
import NIOCore
import Testing

struct AttributeValidationTests {
    private func fault(_ event: CloudEvent, limits: CloudEventLimits = CloudEventLimits()) -> CloudEventError? {
        do throws(CloudEventError) {
            try event.validate(limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: ["a", "z9", "0", "comexampleextension1", "datax", "tenantid", "datacontentencoding"])
    func namesOfSmallLettersAndDigitsPass(name: String) {
        #expect(self.fault(.sample(name, "v")) == nil)
    }

    @Test(arguments: ["A", "tenantId", "a_b", "a-b", "a.b", "a b", "ä", "data", "é", "a\u{0}", "data_base64", "%61"])
    func otherNamesAreRefused(name: String) {
        let fault = self.fault(.sample(name, "v"))
        #expect(fault?.code == .invalidAttributeName)
    }

    @Test func emptyNameIsRefused() {
        var event = CloudEvent.sample()
        event.attributes.append(name: "", value: "v")
        #expect(self.fault(event)?.code == .invalidAttributeName)
    }

    @Test(arguments: ["id", "source", "type", "specversion"])
    func requiredAttributesMustBeThereAndNotEmpty(name: String) {
        var event = CloudEvent.sample()
        event.attributes.set(name, to: nil)
        #expect(self.fault(event)?.code == .missingAttribute)
        #expect(self.fault(event)?.attribute == name)
        event.attributes.set(name, to: "")
        #expect(self.fault(event)?.code == .invalidAttributeValue)
        #expect(self.fault(event)?.attribute == name)
    }

    @Test(arguments: ["subject", "time", "dataschema", "datacontenttype"])
    func optionalAttributesMustNotBeEmpty(name: String) {
        #expect(self.fault(.sample(name, ""))?.attribute == name)
    }

    @Test func emptyExtensionPasses() { #expect(self.fault(.sample("ext", "")) == nil) }

    /// The extensions Partitioning, Correlation and Sequence ask for values that are not empty.
    @Test(arguments: ["partitionkey", "correlationid", "causationid", "sequence", "sequencetype", "runid"])
    func extensionThatTheRouterReadsMustNotBeEmpty(name: String) throws {
        #expect(self.fault(.sample(name, ""))?.code == .invalidAttributeValue)
        #expect(self.fault(.sample(name, ""))?.attribute == name)
        #expect(failure(ofMembers: "\"\(name)\":\"\"")?.attribute == name)
        #expect(self.fault(.sample(name, "0")) == nil)
    }

    @Test(arguments: [
        "plain", "Grüße", "日本語", "👩‍🚀", " ~", "\u{a0}", "\u{d7ff}", "\u{e000}", "\u{fffd}",
        "long enough for a word and ümlauts at any place: ÄÖÜ, and the end",
    ])
    func textPasses(value: String) { #expect(self.fault(.sample("ext", value)) == nil) }

    private static let forbidden: [String] = {
        let ends = [0x0000, 0x001f, 0x0009, 0x000a, 0x007f, 0x0080, 0x0085, 0x009f, 0xfdd0, 0xfdef]
        let planes = (0...16).flatMap { [$0 << 16 | 0xfffe, $0 << 16 | 0xffff] }
        let scalars = (ends + planes).compactMap { Unicode.Scalar(UInt32($0)) }
        return scalars.flatMap { scalar in ["", "a", "seven..", "12345678"].map { $0 + "\(scalar)" + "trailing" } }
    }()

    @Test(arguments: Self.forbidden)
    func controlsAndNoncharactersAreRefused(value: String) {
        #expect(self.fault(.sample("ext", value))?.code == .invalidAttributeValue)
        #expect(self.fault(.sample("subject", value))?.attribute == "subject")
    }

    @Test(
        arguments: [
            [0xff], [0xc0, 0xa0], [0xc1, 0xbf], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80], [0xf0, 0x80, 0x80, 0x80],
            [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0x80], [0xe2, 0x82], [0xe2, 0x28, 0xa1],
            [0xf0, 0x9f, 0x98],
        ] as [[UInt8]])
    func bytesThatAreNotUTF8AreRefused(bytes: [UInt8]) {
        for prefix in ["", "1234567", "12345678", "123456789"] {
            for suffix in ["", "x", "12345678"] {
                let value = Array(prefix.utf8) + bytes + Array(suffix.utf8)
                var event = CloudEvent.sample()
                value.withUnsafeBytes { value in
                    Array("ext".utf8).withUnsafeBytes { event.attributes.append(name: $0, value: value, kind: .string) }
                }
                #expect(self.fault(event)?.code == .invalidAttributeValue)
            }
        }
    }

    @Test func typedValuesMustBeCanonical() {
        for value in ["0", "1", "-1", "2147483647", "-2147483648"] {
            #expect(self.fault(.sample("n", value, kind: .integer)) == nil)
        }
        for value in ["", "-", "-0", "01", "+1", "1.0", "1e2", "2147483648", "-2147483649", "99999999999", "a", " 1"] {
            #expect(self.fault(.sample("n", value, kind: .integer))?.code == .invalidAttributeValue, "\(value)")
        }
        #expect(self.fault(.sample("b", "true", kind: .boolean)) == nil)
        #expect(self.fault(.sample("b", "false", kind: .boolean)) == nil)
        for value in ["", "TRUE", "1", "yes"] {
            #expect(self.fault(.sample("b", value, kind: .boolean))?.code == .invalidAttributeValue, "\(value)")
        }
        #expect(self.fault(.sample("subject", "1", kind: .integer))?.attribute == "subject")
    }

    @Test func secondAttributeOfANameIsRefused() {
        for name in ["id", "type", "ext"] {
            var event = CloudEvent.sample("ext", "1")
            event.attributes.append(name: name, value: "2")
            #expect(self.fault(event)?.code == .duplicateAttribute)
            #expect(self.fault(event)?.attribute == name)
        }
    }

    @Test(arguments: ["0.1", "0.2", "0.3", "1", "1.0.2", "1.1", "2.0", "v1.0"])
    func onlyVersionOneIsValid(version: String) {
        #expect(self.fault(.sample("specversion", version))?.code == .unsupportedSpecVersion)
    }

    @Test func limitsHoldAtTheirEdge() {
        var limits = CloudEventLimits()
        limits.attributesMax = 5
        #expect(self.fault(.sample("a", "1"), limits: limits) == nil)
        var event = CloudEvent.sample("a", "1")
        event.attributes.append(name: "b", value: "2")
        #expect(self.fault(event, limits: limits)?.code == .limitExceeded)

        limits = CloudEventLimits(attributeNameBytesMax: 3)
        #expect(self.fault(.sample("abc", "1"), limits: limits) == nil)
        #expect(self.fault(.sample("abcd", "1"), limits: limits)?.code == .limitExceeded)

        limits = CloudEventLimits(attributeValueBytesMax: 4)
        #expect(self.fault(.sample("abc", "1234"), limits: limits) == nil)
        #expect(self.fault(.sample("abc", "12345"), limits: limits)?.code == .limitExceeded)

        let sized = CloudEvent.sample("abc", "1234", data: ByteBuffer(string: "data"))
        #expect(self.fault(sized, limits: CloudEventLimits(eventBytesMax: sized.sizeBytes)) == nil)
        #expect(self.fault(sized, limits: CloudEventLimits(eventBytesMax: sized.sizeBytes - 1))?.code == .limitExceeded)
        #expect(sized.sizeBytes == "specversion1.0id1source/stypetabc1234data".utf8.count)
    }

    @Test func errorsShowNoRawBytes() {
        let fault = self.fault(.sample("bad\u{1b}[31m\nname", "v"))
        #expect(fault?.attribute == "bad?[31m?name")
    }
}
