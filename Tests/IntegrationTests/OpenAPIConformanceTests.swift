import Foundation
import KafkaTestKit
import ProcessKit
import Testing

extension IntegrationTests {
    /// The OpenAPI file before programs that nobody here wrote. Schemathesis makes calls from it, right and wrong ones,
    /// and holds each answer against it; it has the configured key, as it deletes those it finds.
    struct OpenAPIConformanceTests {
        /// Examples for each operation and phase: what fits into a minute or two. By hand, more are a setting away.
        private static let examples =
            ProcessInfo.processInfo.environment["PORTARIUM_SCHEMATHESIS_EXAMPLES"] ?? "5"

        /// What it is told of the router.
        private static let settings = ServiceFiles.repository.appendingPathComponent("schemathesis.toml")

        private static func program(_ name: String) -> URL {
            ServiceFiles.directory.appendingPathComponent("venv/bin/\(name)")
        }

        @Test(.enabled(if: ServiceFiles.areInstalled, "openapi-spec-validator is not installed (make services)"))
        func theFileIsValid() async throws {
            try await withTemporaryDirectory { directory in
                let child = try ChildProcess(
                    executable: Self.program("openapi-spec-validator"),
                    arguments: [ServiceFiles.repository.appendingPathComponent("schemas/openapi.yaml").path],
                    outputFile: directory.appendingPathComponent("output.txt"), leash: Leash())
                #expect(try await child.end(within: .seconds(120)) == 0, "\(child.output())")
            }
        }

        @Test(
            .enabled(if: ServiceFiles.areInstalled, "schemathesis is not installed (make services)"),
            .timeLimit(.minutes(15)))
        func everyAnswerIsAsTheOpenAPIFileSays() async throws {
            try await withTemporaryDirectory { directory in
                try await SecuredRouter.with(in: directory) { router in
                    let child = try ChildProcess(
                        executable: Self.program("schemathesis"),
                        arguments: [
                            "--config-file", Self.settings.path, "run", "\(router.url)/v1/openapi.yaml",
                            "--url", router.url, "--checks", "all",
                            "--header", "Authorization: Bearer \(router.bootstrap)", "--max-examples", Self.examples,
                            "--seed", "1", "--request-timeout", "30", "--no-color",
                        ],
                        outputFile: directory.appendingPathComponent("schemathesis.txt"), leash: Leash())
                    do {
                        let status = try await child.end(within: .seconds(800))
                        #expect(status == 0, "\(child.output().suffix(6_000))")
                        #expect(child.output().contains("generated, "), "nothing was tried")
                    } catch {
                        await child.kill()
                        throw error
                    }
                }
            }
        }
    }
}
