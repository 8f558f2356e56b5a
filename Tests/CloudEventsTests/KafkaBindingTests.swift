import CloudEvents
import EventLog
import NIOCore
import Testing

struct KafkaBindingTests {
    private let required = [("ce_specversion", "1.0"), ("ce_id", "1"), ("ce_source", "/s"), ("ce_type", "t")]

    private func record(_ headers: [(String, String)], value: ByteBuffer? = nil) -> LogRecord {
        var packed = RecordHeaders()
        for (name, value) in headers { packed.append(name: name, value: value) }
        return LogRecord(key: nil, headers: packed, value: value, timestamp: Timestamp(milliseconds: 0))
    }

    private func fault(_ record: LogRecord, limits: CloudEventLimits = .widest) -> CloudEventError? {
        do throws(CloudEventError) {
            _ = try record.cloudEvent(limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test func eventBecomesARecordOfHeadersAndRawData() {
        var event = CloudEvent.sample("datacontenttype", "application/json", data: ByteBuffer(string: "{ }"))
        event.attributes.append(name: "subject", value: "ü %20")
        event.attributes.append(name: "n", value: "5", kind: .integer)
        event.attributes.append(name: "flag", value: "true", kind: .boolean)
        let record = LogRecord(event: event, key: ByteBuffer(string: "k"), timestamp: Timestamp(milliseconds: 7))
        var headers: [String] = []
        record.headers.forEach {
            headers.append("\(String(decoding: $0, as: UTF8.self)): \(String(decoding: $1, as: UTF8.self))")
        }
        #expect(
            headers == [
                "ce_specversion: 1.0", "ce_id: 1", "ce_source: /s", "ce_type: t", "content-type: application/json",
                "ce_subject: ü %20", "ce_n: 5", "ce_flag: true", "portarium_types: n=i,flag=b",
            ])
        #expect(record.key?.text == "k")
        #expect(record.value?.text == "{ }")
        #expect(record.timestamp.milliseconds == 7)
    }

    @Test func typesHeaderIsWrittenOnlyWhereNeeded() {
        let record = LogRecord(event: .sample("n", "5"), key: nil, timestamp: Timestamp(milliseconds: 0))
        #expect(record.headers["portarium_types"] == nil)
        #expect(record.value == nil)
        #expect(record.key == nil)
    }

    @Test func recordComesBackAsTheSameEvent() throws {
        var event = CloudEvent.sample("n", "5", kind: .integer, data: ByteBuffer(string: "x"))
        event.attributes.append(name: "s", value: "5")
        event.attributes.append(name: "flag", value: "false", kind: .boolean)
        event.attributes.append(name: "datacontenttype", value: "text/plain")
        event.attributes.append(name: "empty", value: "")
        let back = try LogRecord(event: event, key: nil, timestamp: Timestamp(milliseconds: 0)).cloudEvent()
        #expect(back == event)
        let without = CloudEvent.sample("datacontenttype", "text/plain")
        #expect(try LogRecord(event: without, key: nil, timestamp: Timestamp(milliseconds: 0)).cloudEvent() == without)
    }

    @Test func typesThatDoNotFitArePassedOver() throws {
        for list in ["n=b,s=i,absent=i,id=i,=i,i,n,n=,n=x,,,,=,\u{0}=i", "", "n", "n=ii", "=", ",", "N=i"] {
            let record = self.record(self.required + [("portarium_types", list), ("ce_n", "5"), ("ce_s", "text")])
            let attributes = try record.cloudEvent().attributesByName
            #expect(attributes.values.allSatisfy { $0.kind == .string })
        }
        let record = self.record(self.required + [("portarium_types", "s=b,n=i"), ("ce_n", "-5"), ("ce_s", "text")])
        #expect(try record.cloudEvent().attributesByName["n"]?.kind == .integer)
        #expect(try record.cloudEvent().attributesByName["s"]?.kind == .string)
    }

    @Test func foreignHeadersArePassedOver() throws {
        let record = self.record(
            [("traceparent", "00-x"), ("", "x"), ("ce", "x"), ("CE_X", "x")] + self.required + [
                ("trace", "x"), ("trace", "y"),
            ])
        #expect(try record.cloudEvent().attributes.count == 4)
    }

    @Test(arguments: ["content-type", "Content-Type", "CONTENT-TYPE"])
    func contentTypeIsFoundInAnyCase(name: String) throws {
        #expect(try self.record(self.required + [(name, "text/plain")]).cloudEvent().dataContentType == "text/plain")
        let structured = self.record(
            [(name, "application/cloudevents+json")], value: ByteBuffer(string: envelope("\"n\":1")))
        #expect(try structured.cloudEvent().attributes["n"] == "1")
    }

    @Test func structuredModeIsChosenByTheContentType() throws {
        let value = ByteBuffer(string: envelope("\"data\":[1]"))
        for type in ["application/cloudevents+json", "Application/CloudEvents+json; charset=UTF-8"] {
            let event = try self.record([("content-type", type)], value: value).cloudEvent()
            #expect(event.data?.text == "[1]")
            let both = self.record([("ce_id", "other"), ("ce_BAD", "x"), ("content-type", type)], value: value)
            #expect(try both.cloudEvent().id == "1", "headers of a structured record only repeat it")
        }
        #expect(self.fault(self.record([("content-type", "application/cloudevents+json")]))?.code == .malformedJSON)
        #expect(
            self.fault(self.record([("content-type", "application/cloudevents+xml")]))?.code == .unsupportedMediaType)
        let batch = self.record(
            [("content-type", "application/cloudevents-batch+json")], value: ByteBuffer(string: "[]"))
        #expect(self.fault(batch)?.code == .unsupportedMediaType)
    }

    @Test func recordThatIsNoEventIsRefused() {
        #expect(self.fault(self.record([]))?.code == .missingAttribute)
        #expect(
            self.fault(self.record([("content-type", "text/plain")], value: ByteBuffer(string: "x")))?.attribute
                == "specversion")
        for name in ["ce_specversion", "ce_id", "ce_source", "ce_type"] {
            let fault = self.fault(self.record(self.required.filter { $0.0 != name }))
            #expect(fault?.code == .missingAttribute)
            #expect("ce_" + (fault?.attribute ?? "") == name)
        }
        #expect(self.fault(self.record(self.required + [("ce_id", "2")]))?.code == .duplicateAttribute)
        #expect(self.fault(self.record(self.required + [("ce_x", "2"), ("ce_x", "2")]))?.code == .duplicateAttribute)
        #expect(
            self.fault(self.record(self.required + [("content-type", "a/b"), ("Content-Type", "a/b")]))?.code
                == .duplicateAttribute)
        for name in ["ce_", "ce_X", "ce_a_b", "ce_data", "ce_datacontenttype", "ce_ä"] {
            #expect(self.fault(self.record(self.required + [(name, "x")]))?.code == .invalidAttributeName)
        }
        for value in ["\u{0}", "a\nb", "\u{85}", "\u{ffff}"] {
            #expect(self.fault(self.record(self.required + [("ce_x", value)]))?.code == .invalidAttributeValue)
        }
        #expect(self.fault(self.record(self.required + [("ce_subject", "")]))?.code == .invalidAttributeValue)
        let version = [("ce_specversion", "9.9")] + self.required.dropFirst()
        #expect(self.fault(self.record(version))?.code == .unsupportedSpecVersion)
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        var headers = self.record(self.required).headers
        [UInt8(ascii: "x")].withUnsafeBytes { name in
            [UInt8(0xff)].withUnsafeBytes { headers.append(prefix: "ce_", name: name, value: $0) }
        }
        let record = LogRecord(key: nil, headers: headers, value: nil, timestamp: Timestamp(milliseconds: 0))
        #expect(self.fault(record)?.code == .invalidAttributeValue)
    }

    @Test func limitsHold() {
        let record = self.record(self.required + [("ce_abc", "1234")], value: ByteBuffer(string: "data"))
        #expect(self.fault(record, limits: CloudEventLimits(attributesMax: 4))?.code == .limitExceeded)
        #expect(self.fault(record, limits: CloudEventLimits(attributeNameBytesMax: 2))?.code == .limitExceeded)
        #expect(self.fault(record, limits: CloudEventLimits(attributeValueBytesMax: 3))?.code == .limitExceeded)
        #expect(self.fault(record, limits: CloudEventLimits(eventBytesMax: 40))?.code == .limitExceeded)
        #expect(self.fault(record, limits: CloudEventLimits(eventBytesMax: 41)) == nil)
    }

    @Test func versionThreeIsUpgraded() throws {
        let old = [("ce_specversion", "0.3"), ("ce_schemaurl", "a:b"), ("portarium_types", "n=i"), ("ce_n", "1")]
        let event = try self.record(old + self.required.dropFirst()).cloudEvent()
        try event.validate()
        #expect(event.attributes["dataschema"] == "a:b")
        #expect(event.attributesByName["n"]?.kind == .integer)
    }

    @Test func eventWhoseDataIsAnEventIsStoredStructured() throws {
        let inner = ByteBuffer(string: envelope(""))
        var event = CloudEvent.sample("datacontenttype", "application/cloudevents+json", data: inner)
        event.attributes.append(name: "n", value: "1", kind: .integer)
        let record = LogRecord(event: event, key: nil, timestamp: Timestamp(milliseconds: 0))
        #expect(try record.cloudEvent() == event)
        // Its headers repeat it, so that it can be found by them.
        #expect(record.headers["ce_id"] == event.id)
        #expect(record.headers["ce_n"] == "1")
        #expect(record.headers["ce_datacontenttype"] == nil)
    }

    /// Space before a content type gets lost on the way, and what is left must not change the mode.
    @Test func spaceHidesNoEventInTheData() throws {
        let value = ByteBuffer(string: envelope(""))
        #expect(
            try self.record([("ce_id", "other"), ("content-type", " " + JSONEventFormat.mediaType)], value: value)
                .cloudEvent().id == "1")
        let event = CloudEvent.sample("datacontenttype", "  application/cloudevents+json", data: value)
        var headers: [String: String] = [:]
        _ = HTTPBinding.encodeBinary(event) { headers[$0] = $1 }
        #expect(headers.count == 1, "structured mode, as for any event whose data is one")
    }

    @Test func dataSharesTheStorageOfTheValue() throws {
        let value = ByteBuffer(string: "some data")
        let event = try self.record(self.required, value: value).cloudEvent()
        let places = [value, event.data ?? ByteBuffer()].map { $0.withUnsafeReadableBytes { $0.baseAddress } }
        #expect(places[0] == places[1])
    }
}
