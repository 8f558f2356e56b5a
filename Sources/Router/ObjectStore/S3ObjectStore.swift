import AsyncHTTPClient
import CloudEvents
import Crypto
import NIOCore
import NIOHTTP1

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Objects in a bucket of S3, or of a store that speaks its protocol: path-style URLs, Signature Version 4.
///
/// A try that may succeed later (no connection, no answer in time, 408, 409, 429, 5xx) is made again, after 100 ms,
/// 200 ms and so on with jitter, up to ``S3ObjectStoreConfiguration/attemptsMax`` tries; a try ends with its timeout.
/// Puts are conditional (`If-None-Match: *`), so that a try whose answer was lost is not made twice. Redirects are not
/// followed: the signature is for one host. ``shutdown()`` has to be called before the store is let go.
public final class S3ObjectStore: ObjectStore, Sendable {
    /// Bytes that are read of the body of a refusal.
    private static let refusalBytesMax = 16_384
    private static let firstDelayMilliseconds = 100.0

    let configuration: S3ObjectStoreConfiguration
    private let client: HTTPClient
    private let signature: SignatureV4
    private let host: String

    /// - Throws: ``ObjectStoreError`` `refused` for an endpoint or a bucket that is none.
    public init(
        configuration: S3ObjectStoreConfiguration,
        eventLoopGroup: any EventLoopGroup = HTTPClient.defaultEventLoopGroup
    ) throws(ObjectStoreError) {
        guard let host = S3ObjectStoreConfiguration.host(ofEndpoint: configuration.endpoint) else {
            throw ObjectStoreError(.refused, "the endpoint must be http://HOST[:PORT] or https://HOST[:PORT]")
        }
        guard S3ObjectStoreConfiguration.isBucket(configuration.bucket) else {
            throw ObjectStoreError(.refused, "the bucket's name must be 3 to 63 of a-z 0-9 . -")
        }
        self.configuration = configuration
        self.host = host
        self.signature = SignatureV4(
            accessKeyID: configuration.accessKeyID, secretAccessKey: configuration.secretAccessKey,
            region: configuration.region)
        var client = HTTPClient.Configuration()
        client.redirectConfiguration = .disallow
        client.timeout.connect = .milliseconds(max(1, configuration.connectTimeoutMilliseconds))
        client.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(1, configuration.connectionsMax)
        client.connectionPool.retryConnectionEstablishment = false
        client.httpVersion = .http1Only
        client.tracing.tracer = nil
        self.client = HTTPClient(eventLoopGroupProvider: .shared(eventLoopGroup), configuration: client)
    }

    /// `s3://BUCKET/KEY`: the same wherever the store is reached.
    public func reference(to key: String) -> String {
        "s3://\(self.configuration.bucket)/\(SignatureV4.encoded(key, keepsSlashes: true))"
    }

    /// Puts an object; see ``ObjectStore/put(_:_:contentType:)``. What is no plain media type is not told to the store.
    /// - Throws: ``ObjectStoreError``.
    public func put(_ key: String, _ bytes: ByteBuffer, contentType: String?) async throws(ObjectStoreError) {
        let hash = Self.hash(of: bytes)
        let type = contentType.flatMap { Self.isPlain($0) ? $0 : nil } ?? "application/octet-stream"
        try await self.trying { (isRepeated) async throws(S3Failure) in
            var request = self.request(
                .PUT, key: key, bodyHash: hash, headers: [("content-type", type), ("if-none-match", "*")])
            request.body = .bytes(bytes)
            do throws(S3Failure) {
                _ = try await self.answer(to: request, bytesMax: Self.refusalBytesMax)
            } catch {
                // An earlier try was carried out, and its answer lost: nobody else has this key.
                guard error.status == 412, isRepeated else { throw error }
            }
        }
    }

    /// The bytes of an object; see ``ObjectStore/get(_:bytesMax:)``.
    /// - Throws: ``ObjectStoreError``.
    public func get(_ key: String, bytesMax: Int) async throws(ObjectStoreError) -> ByteBuffer {
        try await self.trying { (_) async throws(S3Failure) in
            try await self.answer(to: self.request(.GET, key: key), bytesMax: bytesMax)
        }
    }

    /// Asks for the bucket's head, which needs the right to list it.
    public func probe() async throws(ObjectStoreError) {
        do throws(ObjectStoreError) {
            _ = try await self.trying { (_) async throws(S3Failure) in
                try await self.answer(to: self.request(.HEAD, key: ""), bytesMax: Self.refusalBytesMax)
            }
        } catch {
            guard error.code == .notFound else { throw error }
            throw ObjectStoreError(.notFound, "there is no bucket '\(self.configuration.bucket)'")
        }
    }

    /// Closes all connections; calls under way, and later ones, are `unavailable`. May be called more than once.
    public func shutdown() async {
        // What it throws says that calls were cut short, or that it was called before: both are as documented.
        try? await self.client.shutdown()
    }

    // MARK: One call

    /// Makes tries until one succeeds, or fails for good, or none is left.
    private func trying<R: Sendable>(
        _ attempt: @Sendable (_ isRepeated: Bool) async throws(S3Failure) -> R
    ) async throws(ObjectStoreError) -> R {
        var number = 1
        while true {
            do throws(S3Failure) {
                return try await attempt(number > 1)
            } catch {
                guard error.isTemporary, number < self.configuration.attemptsMax, !Task.isCancelled else {
                    throw error.error
                }
            }
            let delay = Self.firstDelayMilliseconds * Double(1 << (number - 1)) * Double.random(in: 0.5...1)
            do { try await Task.sleep(for: .milliseconds(delay)) } catch {
                throw ObjectStoreError(.cancelled, "cancelled")
            }
            number += 1
        }
    }

    /// One try within its timeout: the whole body of an answer of 2xx.
    private func answer(to request: HTTPClientRequest, bytesMax: Int) async throws(S3Failure) -> ByteBuffer {
        let timeout = self.configuration.timeoutMilliseconds
        let client = self.client
        let result = await withTaskGroup(of: Result<ByteBuffer, S3Failure>?.self) { group in
            group.addTask { await Self.exchange(request, client, timeout: timeout, bytesMax: bytesMax) }
            group.addTask {
                try? await Task.sleep(for: .milliseconds(timeout))
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        guard let result else {
            if Task.isCancelled { throw S3Failure(ObjectStoreError(.cancelled, "cancelled")) }
            throw S3Failure(ObjectStoreError(.unavailable, "no answer within \(timeout) ms"), isTemporary: true)
        }
        return try result.get()
    }

    private static func exchange(
        _ request: HTTPClientRequest, _ client: HTTPClient, timeout: Int64, bytesMax: Int
    ) async -> Result<ByteBuffer, S3Failure> {
        do {
            let response = try await client.execute(request, timeout: .milliseconds(timeout))
            let isGood = (200...299).contains(response.status.code)
            let length = response.headers.first(name: "content-length").flatMap { Int($0) }
            guard isGood else {
                let body = try? await response.body.collect(upTo: self.refusalBytesMax)
                return .failure(S3Failure(status: Int(response.status.code), body: body))
            }
            if request.method == .HEAD { return .success(ByteBuffer()) }
            if let length, length > bytesMax { return .failure(.tooLarge(bytesMax)) }
            var body = ByteBuffer()
            if let length { body.reserveCapacity(length) }
            for try await var part in response.body {
                guard body.readableBytes + part.readableBytes <= bytesMax else { return .failure(.tooLarge(bytesMax)) }
                body.writeBuffer(&part)
            }
            return .success(body)
        } catch {
            return .failure(S3Failure(of: error))
        }
    }

    /// A signed request; `key` empty is the bucket itself.
    private func request(
        _ method: HTTPMethod, key: String, bodyHash: String = S3ObjectStore.emptyHash,
        headers: [(name: String, value: String)] = []
    ) -> HTTPClientRequest {
        var path = "/" + self.configuration.bucket
        if !key.isEmpty { path += "/" + SignatureV4.encoded(key, keepsSlashes: true) }
        let time = Self.time(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        let signed =
            [("host", self.host), ("x-amz-date", time), ("x-amz-content-sha256", bodyHash)]
            + headers.map { ($0.name, $0.value) }
        let authorization = self.signature.authorization(
            for: .init(method: method.rawValue, path: path, headers: signed, bodyHash: bodyHash), time: time)
        var request = HTTPClientRequest(url: self.configuration.endpoint + path)
        request.method = method
        for (name, value) in signed { request.headers.add(name: name, value: value) }
        request.headers.add(name: "authorization", value: authorization)
        return request
    }

    /// `20130524T000000Z`.
    static func time(milliseconds: Int64) -> String {
        let text = RFC3339.text(milliseconds: milliseconds).prefix { $0 != "." && $0 != "Z" }
        return text.filter { $0 != "-" && $0 != ":" } + "Z"
    }

    static let emptyHash = SignatureV4.hash("")

    private static func hash(of bytes: ByteBuffer) -> String {
        var hash = SHA256()
        bytes.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        return SignatureV4.hexadecimal(hash.finalize())
    }

    /// Whether a value can be a header as it is, and is signed as it is sent.
    private static func isPlain(_ value: String) -> Bool {
        !value.isEmpty && value.utf8.allSatisfy { (0x20...0x7e).contains($0) } && value.first != " "
            && value.last != " "
    }
}
