import Crypto
import FoundationEssentials
import NIOCore

/// Decides whether a webhook comes from who knows one of the secrets. Knows no clock.
public struct WebhookVerifier: Sendable {
    /// More signatures in one header are no honest request.
    private static let signaturesMax = 32
    private static let timestampDigitsMax = 12
    private let keys: [WebhookKey]

    /// - Parameters:
    ///   - secrets: one or more; each of them is good, so that they can be rotated.
    ///   - verification: how the sender signs, where that is not the provider's own way; for those that take it.
    ///   - toleranceSeconds: how far a timestamp may be off; nil: as far as the provider says.
    /// - Throws: ``WebhookSecretError`` where one cannot be used.
    public init(
        _ provider: WebhookProvider, secrets: [String], verification: HMACVerification? = nil,
        toleranceSeconds: Int64? = nil
    ) throws(WebhookSecretError) {
        guard !secrets.isEmpty else { throw WebhookSecretError("there is no secret: give the provider's") }
        var keys: [WebhookKey] = []
        for secret in secrets {
            var key = try WebhookKey(secret, for: provider)
            if let verification, provider.takesVerification { key.scheme = verification.applied(to: key.scheme) }
            if let toleranceSeconds { key.scheme.toleranceSeconds = toleranceSeconds }
            keys.append(key)
        }
        self.keys = keys
    }

    /// Believes the request or says why not. Nothing of the body is parsed before its signature is known to be good.
    ///
    /// - Parameter nowMilliseconds: since 1970.
    /// - Throws: ``WebhookRejection``; where there are several secrets, what is wrong for the first one.
    public func verify(_ request: WebhookRequest, nowMilliseconds: Int64) throws(WebhookRejection) {
        var first: WebhookRejection?
        for key in self.keys {
            do throws(WebhookRejection) {
                return try Self.verify(request, key, nowMilliseconds)
            } catch {
                if first == nil { first = error }
            }
        }
        throw first ?? .mismatch
    }

    private static func verify(
        _ request: WebhookRequest, _ key: WebhookKey, _ now: Int64
    ) throws(WebhookRejection) {
        let scheme = key.scheme
        let place = scheme.headers.firstIndex { !request.values(of: $0).isEmpty } ?? 0
        let header = scheme.headers[place]
        let items = try self.items(of: try self.only(header, in: request), header, scheme)
        var signed = Signed()
        if place < scheme.idHeaders.count { signed.id = try self.id(scheme.idHeaders[place], in: request) }
        switch scheme.timestamp {
        case .header:
            let name = scheme.timestampHeaders[place]
            signed.timestamp = try self.only(name, in: request)
            try self.check(signed.timestamp, name, scheme, now)
        case .item(let name):
            let values = items.filter { $0.hasPrefix("\(name)=") }
            guard values.count == 1 else {
                throw .malformed(header: header, "has \(values.count) items '\(name)=' instead of one")
            }
            signed.timestamp = String(values[0].dropFirst(name.count + 1))
            try self.check(signed.timestamp, header, scheme, now)
        case .body, nil: break
        }
        let candidates = try self.candidates(items, header, scheme)
        let contents = try self.contents(request, signed, scheme)
        guard contents.contains(where: { key.matches(candidates, $0) }) else { throw .mismatch }
        if case .body(let member) = scheme.timestamp { try self.check(request.body, member, scheme, now) }
    }

    private static func only(_ name: String, in request: WebhookRequest) throws(WebhookRejection) -> String {
        let values = request.values(of: name)
        guard let value = values.first else { throw .missingHeader(name) }
        guard values.count == 1 else { throw .repeatedHeader(name) }
        return value
    }

    /// Standard Webhooks: a full stop in it would let other bytes pass for the timestamp.
    private static func id(_ name: String, in request: WebhookRequest) throws(WebhookRejection) -> String {
        let id = try self.only(name, in: request)
        guard !id.isEmpty, !id.utf8.contains(UInt8(ascii: ".")) else {
            throw .malformed(header: name, "is no identifier: it is not empty and has no full stop")
        }
        return id
    }

    private static func items(
        of value: String, _ header: String, _ scheme: SignatureScheme
    ) throws(WebhookRejection) -> [Substring] {
        guard let separator = scheme.separator else { return [self.trimmed(value[...])] }
        let items = value.split(separator: separator).map(self.trimmed).filter { !$0.isEmpty }
        guard items.count <= self.signaturesMax else {
            throw .malformed(header: header, "has more than \(self.signaturesMax) items")
        }
        return items
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }

    private static func check(
        _ timestamp: String, _ header: String, _ scheme: SignatureScheme, _ now: Int64
    ) throws(WebhookRejection) {
        guard timestamp.utf8.count <= self.timestampDigitsMax,
            timestamp.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let seconds = Int64(timestamp)
        else { throw .malformed(header: header, "has no timestamp in whole seconds since 1970") }
        try self.check(seconds * 1_000, scheme, now)
    }

    private static func check(
        _ milliseconds: Int64, _ scheme: SignatureScheme, _ now: Int64
    ) throws(WebhookRejection) {
        // In whole seconds, as the timestamps are.
        let distance = milliseconds / 1_000 - now / 1_000
        guard abs(distance) <= scheme.toleranceSeconds else {
            throw .timestampOutOfRange(bySeconds: distance, tolerance: scheme.toleranceSeconds)
        }
    }

    private static func check(
        _ body: ByteBuffer, _ member: String, _ scheme: SignatureScheme, _ now: Int64
    ) throws(WebhookRejection) {
        guard let members = try? JSONDecoder().decode([String: WholeNumber].self, from: Data(body.readableBytesView)),
            let milliseconds = members[member]?.value, (0...Int64(1) << 52).contains(milliseconds)
        else { throw .bodyWithoutTimestamp(member: member) }
        try self.check(milliseconds, scheme, now)
    }

    /// What the header says, decoded. What is no text of its encoding matches nothing.
    private static func candidates(
        _ items: [Substring], _ header: String, _ scheme: SignatureScheme
    ) throws(WebhookRejection) -> [[UInt8]] {
        let texts = items.compactMap { item in
            scheme.tags.first { item.lowercased().hasPrefix($0.lowercased()) }.map { item.dropFirst($0.count) }
        }
        guard !texts.isEmpty else {
            throw .malformed(header: header, "has no signature that begins with '\(scheme.tags[0])'")
        }
        return texts.compactMap { text in
            switch scheme.encoding {
            case .hex: HexText.bytes(text.utf8)
            case .base64: Data(base64Encoded: String(text)).map { Array($0) }
            case .plain: Array(text.utf8)
            }
        }
    }

    /// What may have been signed.
    private static func contents(
        _ request: WebhookRequest, _ signed: Signed, _ scheme: SignatureScheme
    ) throws(WebhookRejection) -> [SignedContent] {
        if scheme.signed == [.urlAndForm] {
            return try self.urlContents(request).map { SignedContent(head: $0) }
        }
        var content = SignedContent()
        for part in scheme.signed {
            // What is behind the body makes it a part of the head.
            if content.body != nil { content = SignedContent(head: content.bytes) }
            switch part {
            case .id: content.head += signed.id.utf8
            case .timestamp: content.head += signed.timestamp.utf8
            case .text(let text): content.head += text.utf8
            case .body, .urlAndForm: content.body = request.body
            }
        }
        return [content]
    }

    private static func urlContents(_ request: WebhookRequest) throws(WebhookRejection) -> [[UInt8]] {
        guard let url = request.url else { throw .missingURL }
        var tail: [UInt8] = []
        if let hash = FormText.bodyHash(inURL: url) {
            let digest = request.body.withUnsafeReadableBytes { SHA256.hash(data: $0) }
            guard digest == hash else { throw .otherBody }
        } else {
            tail = FormText.sorted(request.body.readableBytesView)
        }
        return FormText.variants(ofURL: url).map { Array($0.utf8) + tail }
    }

    /// What is signed beside the body.
    private struct Signed {
        var id = ""
        var timestamp = ""
    }

    /// A member of an object, whatever it is.
    private struct WholeNumber: Decodable {
        let value: Int64?

        init(from decoder: any Decoder) throws {
            self.value = try? decoder.singleValueContainer().decode(Int64.self)
        }
    }
}
