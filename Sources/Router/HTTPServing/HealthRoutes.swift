import Hummingbird
import NIOCore

/// `GET /healthz`: the process lives. `GET /readyz`: it takes traffic, with what does not if it does not; `degraded`
/// where what fails can be done without for now.
public struct HealthRoutes: RouteProvider {
    /// Probes have no tenant.
    public let needsTenant = false
    private let checks: [ReadinessCheck]
    private let timeout: Duration

    /// - Parameters:
    ///   - checks: run at once for each call of `/readyz`.
    ///   - timeout: after which a check counts as failed and is cancelled.
    public init(checks: [ReadinessCheck], timeout: Duration = .seconds(2)) {
        self.checks = checks
        self.timeout = timeout
    }

    /// Registers both paths.
    public func addRoutes(to routes: RouteTable) {
        routes.get("/healthz") { _, _ in Response.json(ByteBuffer(staticString: #"{"status":"alive"}"#)) }
        routes.get("/readyz") { _, _ in await self.readiness() }
    }

    private func readiness() async -> Response {
        let results = await withTaskGroup(of: (Int, String?).self) { group in
            for (index, check) in self.checks.enumerated() {
                group.addTask { (index, await self.run(check)) }
            }
            var results = [String?](repeating: nil, count: self.checks.count)
            for await (index, fault) in group { results[index] = fault }
            return results
        }
        let isWell = results.allSatisfy { $0 == nil }
        let isReady = zip(self.checks, results).allSatisfy { check, fault in fault == nil || check.isDispensable() }
        var text = ByteBuffer()
        text.writeStaticString(#"{"status":"#)
        text.writeJSONString(isWell ? "ready" : isReady ? "degraded" : "unready")
        text.writeStaticString(#","checks":["#)
        for (index, check) in self.checks.enumerated() {
            text.writeStaticString(index == 0 ? #"{"name":"# : #",{"name":"#)
            text.writeJSONString(check.name)
            if let fault = results[index] {
                text.writeStaticString(#","ok":false,"detail":"#)
                text.writeJSONString(fault)
            } else {
                text.writeStaticString(#","ok":true"#)
            }
            text.writeStaticString("}")
        }
        text.writeStaticString("]}")
        return Response.json(text, status: isReady ? .ok : .serviceUnavailable)
    }

    /// The first of check and clock; the other is cancelled.
    private func run(_ check: ReadinessCheck) async -> String? {
        await withTaskGroup(of: String?.self) { group in
            group.addTask { await check.check() }
            group.addTask {
                do {
                    try await Task.sleep(for: self.timeout)
                    return "gave no answer within \(self.timeout)"
                } catch {
                    return nil
                }
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}
