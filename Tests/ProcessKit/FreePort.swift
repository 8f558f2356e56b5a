import NIOCore
import NIOPosix

/// A port nobody listens on. It lies below the range from which the system serves outgoing connections, so that none of
/// them takes it while a server restarts.
package func freePort() async throws -> Int {
    var lastError: (any Error)?
    for _ in 0..<100 {
        let port = Int.random(in: 18_000..<32_000)
        do {
            let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .bind(host: "127.0.0.1", port: port).get()
            try await channel.close()
            return port
        } catch {
            lastError = error
        }
    }
    throw lastError ?? DeadlineExceeded(expectation: "a free port", limit: .zero)
}

/// The same where nothing may be awaited. Not for event loops.
package func unusedPort() throws -> Int {
    var lastError: (any Error)?
    for _ in 0..<100 {
        let port = Int.random(in: 18_000..<32_000)
        do {
            let channel = try ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .bind(host: "127.0.0.1", port: port).wait()
            try channel.close().wait()
            return port
        } catch {
            lastError = error
        }
    }
    throw lastError ?? DeadlineExceeded(expectation: "a free port", limit: .zero)
}
