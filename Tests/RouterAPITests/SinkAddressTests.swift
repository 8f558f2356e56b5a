import HTTPTypes
import NetworkGuard
import RouterAPI
import Testing

/// URLs of sinks whose host is an address, or a name that needs no resolver.
@Suite struct SinkAddressTests {
    private static func fixture(allowing networks: String...) throws -> APIFixture {
        var configuration = RouterAPIConfiguration()
        configuration.networkPolicy.allowedNetworks = try networks.map { try IPNetwork($0) }
        return try APIFixture(configuration: configuration)
    }

    private static func subscription(_ sink: String) -> String { #"{"id":"a","sink":"\#(sink)","protocol":"HTTP"}"# }

    @Test(arguments: [
        ("http://10.0.0.5/hook", "10.0.0.5", "a private address"),
        ("https://localhost:8443/", "localhost", "a loopback address"),
        ("HTTP://LOCALHOST./", "localhost", "a loopback address"),
        ("http://[::ffff:a9fe:a9fe]/latest", "::ffff:169.254.169.254", "the address of a metadata service"),
        ("http://metadata.google.internal/", "metadata.google.internal", "the address of a metadata service"),
    ])
    func aHostThatIsNotPublicIsRefusedWithTheMend(sink: String, host: String, what: String) async throws {
        let api = try Self.fixture()
        let detail =
            "has the host '\(host)', which is \(what): the router sends to the public network only; whoever runs it "
            + "can allow others with sink.allowedNetworks"
        try await api.subscribe("there")
        for (method, path, body) in [
            (.post, "/v1/subscriptions", Self.subscription(sink)),
            (.put, "/v1/subscriptions/there", #"{"sink":"\#(sink)","protocol":"HTTP"}"#),
            (.post, "/v1/replays", #"{"sink":"\#(sink)"}"#),
            (.post, "/v1/replays", #"{"sink":"\#(sink)","dryRun":true}"#),
        ] as [(HTTPRequest.Method, String, String)] {
            let answer = try await api.send(method, path, body: body)
            #expect(answer.status == 422, "\(method) \(path)")
            let errors = try answer.json()["errors"]
            #expect(errors?[0]?["pointer"]?.string == "/sink")
            #expect(errors?[0]?["detail"]?.string == detail)
        }
    }

    @Test func whatIsAllowedIsTaken() async throws {
        let api = try Self.fixture(allowing: "10.0.0.0/8")
        for (sink, status) in [
            ("http://10.0.0.5/hook", 201), ("http://10.0.0.5:8080", 201), ("http://192.168.0.1/", 422),
            ("https://hooks.example.internal/", 201), ("https://8.8.8.8/", 201), ("kafka:eu", 201),
        ] {
            let body = #"{"sink":"\#(sink)","protocol":"\#(sink.hasPrefix("kafka:") ? "KAFKA" : "HTTP")"}"#
            let answer = try await api.send(.post, "/v1/subscriptions", body: body)
            #expect(answer.status == status, "\(sink)")
        }
    }
}
