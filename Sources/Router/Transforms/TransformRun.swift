import CloudEvents
import NIOCore

/// An event on its way through the steps of a transform.
struct TransformRun {
    private static let jsonType = "application/json"

    private var event: CloudEvent
    private let limits: CloudEventLimits
    /// What the data are, as soon as a step needs them.
    private var tree: JSONTree?
    private var hasNewData = false
    /// Why the data cannot be read, where only templates have asked so far.
    private var unreadable: TransformFault?
    /// Bytes of texts that templates may still make.
    private var textBytesLeft: Int
    private var work: TemplateWork
    /// Whether a step said what describes the data: then it stays when another one changes them.
    private var hasOwnSchema = false

    init(_ event: CloudEvent, limits: CloudEventLimits) {
        self.event = event
        self.limits = limits
        self.textBytesLeft = limits.eventBytesMax
        self.work = TemplateWork(bytes: event.data?.readableBytes ?? 0)
    }

    mutating func apply(_ step: EventTransform.Step, at place: String) throws(TransformFault) {
        switch step {
        case .pick(let pointers):
            self.setData(try self.picked(pointers, of: try self.object(place), place))
        case .rename(let moves):
            var tree = try self.object(place)
            for move in moves { try self.move(move.from, to: move.to, in: &tree, place) }
            self.setData(tree)
        case .data(let template):
            self.readForTemplates(place)
            self.setData(try self.filled(template, levels: JSONTree.depthMax, place))
        case .attributes(let attributes):
            self.readForTemplates(place)
            var values: [(name: String, value: String?)] = []
            for (name, alternatives) in attributes {
                values.append((name, try self.value(of: alternatives, place + JSONPointer.text(of: [name]))))
            }
            for (name, value) in values {
                self.event.attributes.set(name, to: value)
                if name == "dataschema" { self.hasOwnSchema = true }
            }
            try self.checkAttributes(place)
        }
    }

    /// - Throws: ``TransformFault`` where the event has become too large.
    func finished() throws(TransformFault) -> CloudEvent {
        var event = self.event
        if self.hasNewData, let tree {
            var data = ByteBuffer()
            guard tree.write(into: &data, bytesMax: self.limits.eventBytesMax) else { throw self.tooLarge("") }
            event.data = data
        }
        do throws(CloudEventError) { try event.validate(limits: self.limits) } catch {
            throw TransformFault(pointer: "", detail: "makes no valid event: \(error)")
        }
        return event
    }

    private func tooLarge(_ place: String) -> TransformFault {
        TransformFault(
            pointer: place, detail: "makes an event of more than \(self.limits.eventBytesMax) bytes")
    }

    /// Does what must be paid for.
    private mutating func paid<Value>(
        _ place: String, _ body: (inout TemplateWork) throws(TemplateWork.Overrun) -> Value
    ) throws(TransformFault) -> Value {
        do throws(TemplateWork.Overrun) { return try body(&self.work) } catch {
            switch error {
            case .bytes: throw self.tooLarge(place)
            case .work:
                throw TransformFault(
                    pointer: place,
                    detail: "reads more than \(self.work.unitsMax) bytes, members and values of this event: use "
                        + "fewer filters of long texts, and fewer places in large arrays and objects")
            }
        }
    }

    private static func tooDeep(_ what: String, _ pointer: String) -> TransformFault {
        TransformFault(pointer: pointer, detail: "\(what) nested deeper than \(JSONTree.depthMax) levels")
    }

    // MARK: Data

    /// What describes the data that came says nothing of others.
    private mutating func setData(_ tree: JSONTree) {
        self.tree = tree
        guard !self.hasNewData else { return }
        self.hasNewData = true
        if !self.isJSON { self.event.attributes.set("datacontenttype", to: Self.jsonType) }
        if !self.hasOwnSchema { self.event.attributes.set("dataschema", to: nil) }
    }

    private var isJSON: Bool {
        guard let type = self.event.dataContentType else { return true }
        let essence = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        return essence == Self.jsonType || essence.hasSuffix("+json")
    }

    private mutating func object(_ place: String) throws(TransformFault) -> JSONTree {
        if self.tree == nil {
            guard self.isJSON else {
                throw TransformFault(pointer: place, detail: "needs JSON, which the event's data are not")
            }
            guard let data = self.event.data else {
                throw TransformFault(pointer: place, detail: "needs data, which the event does not have")
            }
            self.tree = try Self.tree(data, place)
        }
        guard let tree, case .object = tree else {
            throw TransformFault(pointer: place, detail: "needs an object, which the event's data are not")
        }
        return tree
    }

    /// Templates may say nothing of the data, so that those that are no JSON do no harm.
    private mutating func readForTemplates(_ place: String) {
        guard self.tree == nil, self.unreadable == nil, self.isJSON, let data = self.event.data else { return }
        do throws(TransformFault) { self.tree = try Self.tree(data, place) } catch { self.unreadable = error }
    }

    private static func tree(_ data: ByteBuffer, _ place: String) throws(TransformFault) -> JSONTree {
        do throws(CloudEventError) { return try JSONTree(data) } catch {
            throw TransformFault(pointer: place, detail: "cannot read the event's data: \(error)")
        }
    }

    private mutating func picked(
        _ pointers: [[String]], of tree: JSONTree, _ place: String
    ) throws(TransformFault) -> JSONTree {
        try self.paid(place) { (work) throws(TemplateWork.Overrun) in
            var result = JSONTree.object([])
            for pointer in pointers {
                guard let value = try tree.member(at: pointer, work: &work) else { continue }
                try result.setMember(pointer[...], to: value, work: &work)
            }
            return result
        }
    }

    private mutating func move(
        _ from: [String], to: [String], in tree: inout JSONTree, _ place: String
    ) throws(TransformFault) {
        let pointer = place + JSONPointer.text(of: [JSONPointer.text(of: from)])
        let old = tree
        let found = try self.paid(pointer) { (work) throws(TemplateWork.Overrun) in
            try old.member(at: from, work: &work)
        }
        // What is not there needs no other name.
        guard let value = found else { return }
        let fits = try self.paid(pointer) { (work) throws(TemplateWork.Overrun) in
            try value.fits(levels: JSONTree.depthMax - to.count, work: &work)
        }
        guard fits else { throw Self.tooDeep("cannot be moved: it would be", pointer) }
        let isTaken = try self.paid(pointer) { (work) throws(TemplateWork.Overrun) in
            try old.value(at: to, work: &work) != nil
        }
        guard !isTaken else {
            throw TransformFault(pointer: pointer, detail: "cannot be moved: there is a value at its new place")
        }
        let moved = try self.paid(pointer) { (work) throws(TemplateWork.Overrun) in
            var tree = old
            try tree.removeMember(from[...], work: &work)
            return try tree.setMember(to[...], to: value, work: &work) ? tree : nil
        }
        guard let moved else {
            throw TransformFault(pointer: pointer, detail: "cannot be moved: its new place is in no object")
        }
        tree = moved
    }

    // MARK: Templates

    /// - Parameter levels: arrays and objects that may be inside each other in what comes of it.
    private mutating func filled(
        _ template: DataTemplate, levels: Int, _ place: String
    ) throws(TransformFault) -> JSONTree {
        switch template {
        case .value(let value): return value
        case .place(let tokens): return try self.value(at: tokens, levels: levels, place)
        case .text(let template):
            guard let text = try self.text(template, place) else { throw self.missing(place) }
            return .string(text)
        case .array(let elements):
            var values: [JSONTree] = []
            for element in elements {
                values.append(try self.filled(element.element, levels: levels - 1, element.pointer))
            }
            return .array(values)
        case .object(let members):
            var values: [JSONTree.Member] = []
            for member in members {
                let value = try self.filled(member.value, levels: levels - 1, member.pointer)
                values.append(.init(name: member.name, value: value))
            }
            return .object(values)
        }
    }

    private mutating func value(
        at tokens: [String], levels: Int, _ place: String
    ) throws(TransformFault) -> JSONTree {
        let tree = self.tree
        let value = try self.paid(place) { (work) throws(TemplateWork.Overrun) in
            try tree?.value(at: tokens, work: &work)
        }
        guard let value else {
            throw self.missing(place, "needs '\(JSONPointer.text(of: tokens))', which the event's data do not have")
        }
        let fits = try self.paid(place) { (work) throws(TemplateWork.Overrun) in
            try value.fits(levels: levels, work: &work)
        }
        guard fits else { throw Self.tooDeep("would be", place) }
        return value
    }

    private func missing(
        _ place: String, _ detail: String = "names something that the event does not have"
    ) -> TransformFault {
        TransformFault(pointer: place, detail: self.unreadable?.detail ?? detail)
    }

    /// The first that can be filled; nil where the attribute is to go.
    private mutating func value(
        of alternatives: [AttributeTemplate], _ place: String
    ) throws(TransformFault) -> String? {
        guard !alternatives.isEmpty else { return nil }
        for template in alternatives {
            if let text = try self.text(template, place), !text.isEmpty { return text }
        }
        throw self.missing(place)
    }

    private mutating func text(_ template: AttributeTemplate, _ place: String) throws(TransformFault) -> String? {
        let (tree, attributes, bytesMax) = (self.tree, self.event.attributes, self.textBytesLeft)
        let text = try self.paid(place) { (work) throws(TemplateWork.Overrun) in
            try template.filled(bytesMax: bytesMax, work: &work) { (source, work) throws(TemplateWork.Overrun) in
                switch source {
                case .member(let pointer): try tree?.value(at: JSONPointer.tokens(of: pointer), work: &work)?.text
                case .attribute(let name): attributes[name]
                default: nil
                }
            }
        }
        if let text { self.textBytesLeft -= text.utf8.count }
        return text
    }

    private func checkAttributes(_ place: String) throws(TransformFault) {
        var event = self.event
        event.data = nil
        do throws(CloudEventError) { try event.validate(limits: self.limits) } catch {
            let pointer = error.attribute.map { place + JSONPointer.text(of: [$0]) } ?? place
            throw TransformFault(pointer: pointer, detail: "makes no valid attribute: \(error.reason)")
        }
    }
}
