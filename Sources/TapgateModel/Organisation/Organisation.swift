/// The nodes of a company: head office, regions, stores, counters.
///
/// A rule, a permission or a report that names a node holds for everything below it. A store that
/// nobody wrote down is a node below the head office.
public struct Organisation: Hashable, Sendable {
  /// What a node is; the higher comes first.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case headOffice, region, store, counter
  }

  /// A place in the company.
  public struct Node: Hashable, Sendable {
    public var id: String
    public var kind: Kind
    public var name: String?
    /// `nil` for the head office.
    public var parent: String?

    /// Creates a node.
    public init(id: String, kind: Kind, name: String? = nil, parent: String? = nil) {
      self.id = id
      self.kind = kind
      self.name = name
      self.parent = parent
    }
  }

  /// Why nodes make no company.
  public enum Problem: Error, Hashable, Sendable {
    case second(id: String)
    case unknownParent(id: String, parent: String)
    /// A node is below itself.
    case circle(id: String)
    /// A node stands below one that is not higher than itself.
    case misplaced(id: String, parent: String)
    /// There is one head office.
    case secondHeadOffice(id: String)
  }

  /// Levels that a company may have, the counters among them.
  public static let depthMax = 16

  private let nodes: [String: Node]
  /// The head office, where it is written down. Whatever has no parent is below it.
  public let headOffice: String?

  /// A company of which nothing is written down.
  public init() {
    nodes = [:]
    headOffice = nil
  }

  /// Checks and takes nodes, in any order.
  public init(_ list: [Node]) throws(Problem) {
    var nodes: [String: Node] = [:]
    for node in list {
      guard nodes.updateValue(node, forKey: node.id) == nil else { throw .second(id: node.id) }
    }
    for node in list {
      guard let parent = node.parent else { continue }
      guard let above = nodes[parent] else {
        throw .unknownParent(id: node.id, parent: parent)
      }
      let isHigher = above.kind.rank < node.kind.rank
      // Regions may hold regions.
      guard isHigher || (above.kind == .region && node.kind == .region) else {
        throw .misplaced(id: node.id, parent: parent)
      }
    }
    for node in list where Self.path(of: node.id, in: nodes).count > Self.depthMax {
      throw .circle(id: node.id)
    }
    let tops = list.filter { $0.kind == .headOffice }
    if tops.count > 1 { throw .secondHeadOffice(id: tops[1].id) }
    headOffice = tops.first?.id
    if let headOffice {
      for node in list where node.parent == nil && node.kind != .headOffice {
        nodes[node.id]?.parent = headOffice
      }
    }
    self.nodes = nodes
  }

  /// Every node, by id.
  public var all: [Node] { nodes.values.sorted { $0.id < $1.id } }

  /// The node called `id`; `nil` where nobody wrote it down.
  public func node(_ id: String) -> Node? { nodes[id] }

  /// The ids from the top down to `id`, which is the last.
  public func path(to id: String) -> [String] { Self.path(of: id, in: nodes).reversed() }

  /// The ids that a rule may name for an operation at `counter` of `store`, from the top down.
  ///
  /// A counter is the node of its own id below its store, or the one called `store/counter`: that
  /// is how counters are told apart which have the same id in several stores.
  public func path(store: String, counter: String) -> [String] {
    var path = path(to: store)
    if let headOffice, path.first != headOffice { path.insert(headOffice, at: 0) }
    for id in ["\(store)/\(counter)", counter] {
      if let node = nodes[id], node.kind == .counter, node.parent == store {
        path.append(id)
        break
      }
    }
    return path
  }

  /// Whether `id` is `node` or below it.
  public func isWithin(_ id: String, _ node: String) -> Bool {
    id == node || path(to: id).contains(node)
  }

  /// The stores at and below a node; the node itself where nothing is known of it.
  public func stores(within node: String) -> Set<String> {
    guard let top = nodes[node] else { return [node] }
    if top.kind == .counter { return top.parent.map { [$0] } ?? [] }
    return Set(nodes.values.filter { $0.kind == .store && isWithin($0.id, node) }.map(\.id))
  }

  private static func path(of id: String, in nodes: [String: Node]) -> [String] {
    var path = [id]
    var next = nodes[id]?.parent
    while let parent = next, path.count <= depthMax {
      path.append(parent)
      next = nodes[parent]?.parent
    }
    return path
  }
}

extension Organisation.Kind {
  fileprivate var rank: Int {
    switch self {
    case .headOffice: 0
    case .region: 1
    case .store: 2
    case .counter: 3
    }
  }
}
