import AsyncHTTPClient
import Identity
import NIOCore
import NIOHTTP1

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Fetches the JWK set of an issuer, where it is said to be or where the issuer's own metadata say that it is
/// (OpenID Connect Discovery 1.0, section 4).
struct KeySetFetch: Sendable {
    /// Why there are no keys, one sentence for the log.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private struct Metadata: Decodable {
        let issuer: String
        let keySetURL: String

        private enum CodingKeys: String, CodingKey {
            case issuer
            case keySetURL = "jwks_uri"
        }
    }

    let configuration: TokenVerifierConfiguration

    /// - Throws: ``Failure``.
    func run() async throws -> Data {
        var client = HTTPClient.Configuration(redirectConfiguration: .disallow)
        client.timeout = .init(
            connect: .seconds(self.configuration.fetchTimeoutSeconds),
            read: .seconds(self.configuration.fetchTimeoutSeconds))
        client.httpVersion = .http1Only
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: client)
        do {
            let keys = try await self.get(try await self.address(http), http)
            try await http.shutdown()
            return keys
        } catch {
            try? await http.shutdown()
            throw error
        }
    }

    private func address(_ http: HTTPClient) async throws -> String {
        if let url = self.configuration.keySetURL { return url }
        var issuer = self.configuration.policy.issuer
        while issuer.last == "/" { issuer.removeLast() }
        let bytes = try await self.get(issuer + "/.well-known/openid-configuration", http)
        guard let metadata = try? JSONDecoder().decode(Metadata.self, from: bytes) else {
            throw Failure(description: "the issuer's metadata name no jwks_uri")
        }
        // Section 4.3: else one issuer could speak for another.
        guard metadata.issuer == self.configuration.policy.issuer else {
            throw Failure(description: "the metadata are of another issuer: '\(metadata.issuer.prefix(200))'")
        }
        guard TokenVerifierConfiguration.isTrustworthy(url: metadata.keySetURL) else {
            throw Failure(description: "the jwks_uri is not https")
        }
        return metadata.keySetURL
    }

    private func get(_ url: String, _ http: HTTPClient) async throws -> Data {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "accept", value: "application/json")
        do {
            let response = try await http.execute(request, timeout: .seconds(self.configuration.fetchTimeoutSeconds))
            guard response.status == .ok else {
                throw Failure(description: "\(url) answers \(response.status.code)")
            }
            let body = try await response.body.collect(upTo: self.configuration.answerBytesMax)
            return Data(body.readableBytesView)
        } catch let failure as Failure {
            throw failure
        } catch is NIOTooManyBytesError {
            throw Failure(description: "\(url) answers more than \(self.configuration.answerBytesMax) bytes")
        } catch {
            throw Failure(description: "\(url) does not answer: \(error)")
        }
    }
}
