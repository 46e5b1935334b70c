internal import TapgateAPI
internal import TapgateModel

/// A method with what answers it.
struct Route: Sendable {
  let description: MethodDescription
  let handle: @Sendable (Switchboard, Call) throws(Failure) -> Void

  /// Holds parameters against the catalogue.
  func hold(_ parameters: Parameters) throws(Failure) {
    do {
      try description.check(parameters.object)
    } catch {
      throw Failure(error)
    }
  }
}

extension Switchboard {
  /// Every method that is built, by name. A test holds it against the catalogue.
  static let routes: [String: Route] = {
    var routes: [String: Route] = [:]
    let tables = [
      gatewayHandlers, memberHandlers, assetHandlers, checkoutHandlers, deviceHandlers,
      printHandlers, reportHandlers, stewardshipHandlers, operatorHandlers, shiftHandlers,
      reprintHandlers, profileHandlers,
    ]
    for (name, handle) in tables.joined() {
      guard let description = Catalogue.method(name) else { continue }
      routes[name] = Route(description: description, handle: handle)
    }
    return routes
  }()

  /// Answers a call, or throws what to answer.
  typealias Handler = @Sendable (Switchboard, Call) throws(Failure) -> Void

  private static let gatewayHandlers: [(String, Handler)] = [
    ("hello", { board, call throws(Failure) in try board.hello(call) }),
    ("rpc.discover", { board, call throws(Failure) in board.discover(call) }),
    ("daemon.status", { board, call throws(Failure) in try board.daemonStatus(call) }),
    ("trace.last", { board, call throws(Failure) in board.lastTrace(call) }),
    ("events.subscribe", { board, call throws(Failure) in board.subscribe(call) }),
    ("events.ack", { board, call throws(Failure) in try board.acknowledge(call) }),
    ("simulate.tap", { board, call throws(Failure) in try board.simulate(call) }),
    ("simulate.remove", { board, call throws(Failure) in try board.simulate(call) }),
    ("simulate.scan", { board, call throws(Failure) in try board.simulate(call) }),
    ("simulate.swipe", { board, call throws(Failure) in try board.simulate(call) }),
    ("simulate.printer", { board, call throws(Failure) in try board.simulate(call) }),
    ("simulate.replay", { board, call throws(Failure) in try board.replay(call) }),
    ("session.record", { board, call throws(Failure) in try board.startRecording(call) }),
    ("session.stop", { board, call throws(Failure) in board.stopRecording(call) }),
  ]

  private static let memberHandlers: [(String, Handler)] = [
    ("member.lookup", { board, call throws(Failure) in try board.lookup(call) }),
    ("member.search", { board, call throws(Failure) in try board.search(call) }),
    ("member.enrol", { board, call throws(Failure) in try board.enrol(call) }),
    ("member.update", { board, call throws(Failure) in try board.update(call) }),
    ("member.qrKey", { board, call throws(Failure) in try board.issueCode(call) }),
    ("member.qr", { board, call throws(Failure) in try board.showCode(call) }),
    ("member.history", { board, call throws(Failure) in try board.history(call) }),
    ("member.importBegin", { board, call throws(Failure) in try board.beginImport(call) }),
    ("member.importChunk", { board, call throws(Failure) in try board.addToImport(call) }),
    ("member.importCommit", { board, call throws(Failure) in try board.commitImport(call) }),
    ("member.importCancel", { board, call throws(Failure) in try board.cancelImport(call) }),
    ("member.export", { board, call throws(Failure) in try board.export(call) }),
    ("card.issue", { board, call throws(Failure) in try board.bindCard(call) }),
    ("card.bind", { board, call throws(Failure) in try board.bindCard(call) }),
    ("card.unbind", { board, call throws(Failure) in try board.changeCard(call, .unbind) }),
    ("card.reportLost", { board, call throws(Failure) in try board.changeCard(call, .reportLost) }),
    ("card.cancelLost", { board, call throws(Failure) in try board.changeCard(call, .cancelLost) }),
    ("card.freeze", { board, call throws(Failure) in try board.changeCard(call, .freeze) }),
    ("card.unfreeze", { board, call throws(Failure) in try board.changeCard(call, .unfreeze) }),
    ("card.close", { board, call throws(Failure) in try board.changeCard(call, .close) }),
    ("card.replace", { board, call throws(Failure) in try board.replaceCard(call) }),
    ("card.setPin", { board, call throws(Failure) in try board.setPIN(call) }),
    ("points.accrue", { board, call throws(Failure) in try board.accrue(call) }),
    ("operation.status", { board, call throws(Failure) in try board.operationStatus(call) }),
    ("operation.reverse", { board, call throws(Failure) in try board.reverse(call) }),
    ("operation.feed", { board, call throws(Failure) in try board.feed(call) }),
  ]

  private static let assetHandlers: [(String, Handler)] = [
    ("value.topUp", { board, call throws(Failure) in try board.topUp(call) }),
    ("value.confirmTopUp", { board, call throws(Failure) in try board.confirmTopUp(call) }),
    ("value.cancelTopUp", { board, call throws(Failure) in try board.cancelTopUp(call) }),
    ("value.spend", { board, call throws(Failure) in try board.spendValue(call) }),
    ("points.redeem", { board, call throws(Failure) in try board.redeem(call) }),
    ("points.event", { board, call throws(Failure) in try board.countEvent(call) }),
    ("draw.commitment", { board, call throws(Failure) in try board.drawCommitment(call) }),
    ("coupon.verify", { board, call throws(Failure) in try board.verifyCoupon(call) }),
    ("draw.spin", { board, call throws(Failure) in try board.spin(call) }),
    ("hold.create", { board, call throws(Failure) in try board.createHold(call) }),
    ("hold.capture", { board, call throws(Failure) in try board.captureHold(call) }),
    ("hold.void", { board, call throws(Failure) in try board.voidHold(call) }),
    ("coupon.issue", { board, call throws(Failure) in try board.issueCoupons(call) }),
    ("coupon.use", { board, call throws(Failure) in try board.useCoupon(call) }),
    ("coupon.unuse", { board, call throws(Failure) in try board.unuseCoupon(call) }),
    ("pass.use", { board, call throws(Failure) in try board.usePass(call) }),
    ("stamp.add", { board, call throws(Failure) in try board.addStamps(call) }),
    ("benefit.use", { board, call throws(Failure) in try board.useBenefit(call) }),
    (
      "membership.buy",
      { board, call throws(Failure) in try board.buyMembership(call, isRenewal: false) }
    ),
    (
      "membership.renew",
      { board, call throws(Failure) in try board.buyMembership(call, isRenewal: true) }
    ),
    ("membership.refund", { board, call throws(Failure) in try board.refundMembership(call) }),
    ("member.setTier", { board, call throws(Failure) in try board.setTier(call) }),
    ("member.erase", { board, call throws(Failure) in try board.eraseMember(call) }),
    ("member.merge", { board, call throws(Failure) in try board.mergeMembers(call) }),
    ("member.suspend", { board, call throws(Failure) in try board.changeMember(call, .suspend) }),
    ("member.resume", { board, call throws(Failure) in try board.changeMember(call, .resume) }),
    ("member.freeze", { board, call throws(Failure) in try board.changeMember(call, .freeze) }),
    ("member.unfreeze", { board, call throws(Failure) in try board.changeMember(call, .unfreeze) }),
  ]

  private static let checkoutHandlers: [(String, Handler)] = [
    ("checkout.quote", { board, call throws(Failure) in try board.quote(call) }),
    ("checkout.commit", { board, call throws(Failure) in try board.checkout(call) }),
    ("refund.create", { board, call throws(Failure) in try board.refund(call) }),
  ]

  private static let deviceHandlers: [(String, Handler)] = [
    ("device.list", { board, call throws(Failure) in board.listDevices(call) }),
    ("device.get", { board, call throws(Failure) in try board.getDevice(call) }),
    ("device.claim", { board, call throws(Failure) in try board.claim(call) }),
    ("device.release", { board, call throws(Failure) in try board.release(call) }),
    ("device.retain", { board, call throws(Failure) in try board.retain(call) }),
    ("device.checkHealth", { board, call throws(Failure) in try board.checkHealth(call) }),
    ("device.statistics", { board, call throws(Failure) in try board.statistics(call) }),
  ]

  private static let printHandlers: [(String, Handler)] = [
    ("print.submit", { board, call throws(Failure) in try board.submitPrint(call) }),
    ("print.job", { board, call throws(Failure) in try board.printJob(call) }),
    ("print.jobs", { board, call throws(Failure) in try board.lastPrintJobs(call) }),
    ("print.resolve", { board, call throws(Failure) in try board.resolvePrint(call) }),
  ]
}
