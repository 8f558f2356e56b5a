import AsyncHTTPClient
import Delivery
import NIOCore
import NIOHTTP1

/// Reads the bodies of answers away, so that their connections can be used again.
enum ResponseBody {
    private enum End: Sendable {
        case whole
        case failed(String)
        case timeout
    }

    /// Reads up to `bytesMax` and until `deadline`; closes the connection where there is more.
    ///
    /// Returns nil where the body came whole or was left at the bound, else what went wrong in a few words.
    static func discard(
        _ response: HTTPClientResponse, bytesMax: Int, deadline: NIODeadline, eventLoop: any EventLoop
    ) async -> String? {
        // Over HTTP/1 an empty body ends with the head: nothing can stall, and no timer is needed.
        if self.isEmpty(response) { return self.failure(of: await self.read(response.body, bytesMax: bytesMax)) }
        return await withTaskGroup(of: End.self) { group in
            group.addTask { await self.read(response.body, bytesMax: bytesMax) }
            group.addTask {
                await self.wait(until: deadline, on: eventLoop)
                return .timeout
            }
            let end = await group.next() ?? .timeout
            group.cancelAll()
            return self.failure(of: end)
        }
    }

    private static func isEmpty(_ response: HTTPClientResponse) -> Bool {
        guard response.version.major == 1 else { return false }
        return response.status == .noContent || response.headers.first(name: "content-length") == "0"
    }

    private static func failure(of end: End) -> String? {
        switch end {
        case .whole: nil
        case .failed(let text): text
        case .timeout: "timeout"
        }
    }

    private static func read(_ body: HTTPClientResponse.Body, bytesMax: Int) async -> End {
        var bytes = 0
        do {
            for try await part in body {
                bytes += part.readableBytes
                // Leaving the loop drops the rest, and the connection with it.
                if bytes > bytesMax { return .whole }
            }
            return .whole
        } catch {
            return .failed(AttemptReport.text(of: error))
        }
    }

    /// Returns at the deadline, or when the task is cancelled.
    /// A timer of the event loop is cheaper than a sleeping task.
    private static func wait(until deadline: NIODeadline, on eventLoop: any EventLoop) async {
        let timer = eventLoop.scheduleTask(deadline: deadline) {}
        await withTaskCancellationHandler {
            _ = try? await timer.futureResult.get()
        } onCancel: {
            timer.cancel()
        }
    }
}
