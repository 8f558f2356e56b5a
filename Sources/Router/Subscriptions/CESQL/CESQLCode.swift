/// A finished program, shared by all copies of its expression: one reference to count instead of six.
final class CESQLCode: Sendable {
    let program: CESQLProgram

    init(_ program: CESQLProgram) {
        self.program = program
    }
}
