import Testing

/// The binary as a child process, met over HTTP and signals alone. One at a time: each test wants the machine.
@Suite(.serialized) enum IntegrationTests {}
