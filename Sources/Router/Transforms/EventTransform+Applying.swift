import CloudEvents

extension EventTransform {
    /// The event that comes of another one. `id`, `source` and the other ``fixedAttributes`` stay as they are;
    /// `dataschema` goes where the data change, unless a step sets it. The same event always gives the same.
    /// - Parameter limits: of the event that comes of it.
    /// - Throws: ``TransformFault`` whose description begins with the step.
    public func applied(to event: CloudEvent, limits: CloudEventLimits) throws(TransformFault) -> CloudEvent {
        var run = TransformRun(event, limits: limits)
        for (index, step) in self.steps.enumerated() {
            try run.apply(step, at: "/\(index)/\(step.name)")
        }
        return try run.finished()
    }
}
