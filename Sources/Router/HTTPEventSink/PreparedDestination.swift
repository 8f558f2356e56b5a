import AsyncHTTPClient
import Delivery
import NIOHTTP1
import NetworkGuard
import Subscriptions

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What is the same in every request to a destination, made once.
struct PreparedDestination: Sendable {
    /// Keeps the destination, and by that its identity, alive for as long as its parts are remembered.
    let destination: Destination
    /// The request without body and with the headers that do not depend on the event, or why there can be none.
    let template: Result<HTTPClientRequest, DestinationFault>
    /// The host that the client connects to, without brackets; empty where there is no request.
    let host: String
    /// `http` or `https`; empty where there is no request.
    let scheme: String
    /// The port that it connects to; nil where there is no request.
    let port: Int?
    /// What stands between attempts and the host.
    let gate: HostGate

    init(_ destination: Destination, userAgent: String, origin: String, gate: (_ host: String) -> HostGate) {
        self.destination = destination
        do throws(DestinationFault) {
            let (request, host) = try Self.template(for: destination, userAgent: userAgent, origin: origin)
            self.template = .success(request)
            self.host = host
            let components = URLComponents(string: destination.sink)
            self.scheme = components?.scheme?.lowercased() ?? ""
            self.port = components?.port ?? (self.scheme == "https" ? 443 : 80)
            self.gate = gate(host)
        } catch {
            self.template = .failure(error)
            self.host = ""
            self.scheme = ""
            self.port = nil
            self.gate = .refused(AddressRefusal(.malformed))
        }
    }

    private static func template(
        for destination: Destination, userAgent: String, origin: String
    ) throws(DestinationFault) -> (HTTPClientRequest, host: String) {
        guard let components = URLComponents(string: destination.sink), let scheme = components.scheme?.lowercased(),
            scheme == "http" || scheme == "https", components.user == nil
        else { throw DestinationFault("the sink is no absolute URL with http or https and without a user") }
        let host = (components.host ?? "").filter { $0 != "[" && $0 != "]" }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }), self.hasUsablePort(destination.sink),
            (try? HTTPClient.Request(url: destination.sink)) != nil
        else { throw DestinationFault("the sink's URL has no usable host or port") }

        let settings = destination.protocolSettings
        let method: HTTPMethod
        switch settings.method.uppercased() {
        case "POST": method = .POST
        case "PUT": method = .PUT
        default: throw DestinationFault("the method must be POST or PUT")
        }
        var headers = HTTPHeaders()
        headers.add(name: "User-Agent", value: userAgent)
        for (name, value) in settings.headers.sorted(by: { $0.key < $1.key }) where !ReservedHeaders.contains(name) {
            guard HeaderText.isName(name), HeaderText.isValue(value) else {
                // The value may be a secret; a name that is none may hold one as well.
                throw DestinationFault("a header of the subscription is not valid")
            }
            headers.add(name: name, value: value)
        }
        if destination.trust.namesOrigin { headers.add(name: "WebHook-Request-Origin", value: origin) }
        switch destination.trust.authorization {
        case .value(let value)?:
            guard HeaderText.isValue(value) else {
                throw DestinationFault("the subscription's authorization is not valid")
            }
            headers.add(name: "Authorization", value: value)
        case .file?, nil: break
        }
        var request = HTTPClientRequest(url: destination.sink)
        request.method = method
        request.headers = headers
        return (request, host)
    }

    /// No port, an empty one, or `1...65535`. Read from the text, because a parser takes a number that it cannot hold
    /// for none, and a client takes one that a socket cannot hold for a reason to stop the program.
    private static func hasUsablePort(_ url: String) -> Bool {
        guard let scheme = url.firstRange(of: "://") else { return false }
        let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let behindAddress = authority.lastIndex(of: "]").map { authority[$0...] } ?? authority
        guard let colon = behindAddress.lastIndex(of: ":") else { return true }
        let port = behindAddress[behindAddress.index(after: colon)...]
        guard !port.isEmpty else { return true }
        return port.utf8.allSatisfy { (48...57).contains($0) } && (1...65_535).contains(Int(port) ?? 0)
    }
}

/// Why no request can be sent to a destination. The text holds nothing of the URL and the headers.
struct DestinationFault: Error {
    let text: String
    init(_ text: String) { self.text = text }
}
