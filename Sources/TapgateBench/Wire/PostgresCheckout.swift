/// How a PostgreSQL peer keeps its journal.
enum PostgresShape: String, Sendable {
  /// In order and chained by hash, a receipt's lines packed into its row: the gateway's own form.
  case chained = "postgresql"
  /// The same without order and chain.
  case loose = "pg-loose"
  /// Without order and chain, and a table with a row for each line, as shops mostly have it.
  case rows = "pg-rows"
}

/// A receipt's rows as a PostgreSQL schema and one function: journal, member, coupon, and in the
/// shape `rows` the lines.
///
/// What the receipt comes to is handed in: there are no prices, offers and rules here, which is
/// less than the gateway does. Balances, lots, the coupon's one use, tier facts and the accrual are
/// decided here.
enum PostgresCheckout {
  static func statements(_ shape: PostgresShape) -> [String] {
    [
      """
      create table member (id bigint primary key, status smallint not null,
        points bigint not null, growth bigint not null, lifetime bigint not null,
        single bigint not null, days date[] not null, spent bigint[] not null,
        tier smallint not null, last bigint not null, principal bigint not null,
        bonus bigint not null, lots bigint[] not null, ends date[] not null)
        with (fillfactor = 70)
      """,
      """
      create table coupon (id bigint primary key, member bigint not null,
        status smallint not null) with (fillfactor = 70)
      """,
      """
      create table journal (seq bigint primary key, op uuid not null unique,
        kind smallint not null, member bigint not null, previous bigint not null,
        day date not null, at timestamptz not null, origin text not null, receipt text not null,
        programme bytea not null, content bytea not null, effects bytea not null,
        lines bytea not null, reply text not null, hash bytea, unique (day, origin, receipt))
      """,
      """
      create table receipt_line (seq bigint not null, line smallint not null, sku text not null,
        category text not null, quantity bigint not null, net bigint not null,
        primary key (seq, line))
      """,
      "create sequence journal_seq",
      "create table head (one boolean primary key, seq bigint not null, hash bytea not null)",
      "insert into head values (true, 0, '\\x00')",
      head(shape) + rules + number(shape) + reply + chain(shape) + rows(shape),
    ]
  }

  /// Fills the members of a population of `count`.
  static func filling(_ count: Int) -> String {
    """
    insert into member select n, 0, \(Population.richPoints), 0, 0, 0, '{}', '{}', 0, 0,
      \(Population.richPrincipalMinor), \(Population.richBonusMinor),
      '{\(Population.richPoints)}', '{2029-01-01}'
      from generate_series(0, \(count - 1)) n
    """
  }

  private static func head(_ shape: PostgresShape) -> String {
    let lines =
      shape == .rows
      ? "p_skus text[], p_categories text[], p_quantities bigint[], p_nets bigint[]"
      : "p_lines bytea"
    return """
      create function checkout(p_op uuid, p_member bigint, p_receipt text, p_amount bigint,
        p_coupon bigint, p_points bigint, p_value bigint, \(lines))
      returns text language plpgsql as $$
      declare
        \(shape == .rows ? "p_lines bytea := '';" : "")

      """
  }

  /// The coupon takes 10 yuan off and each point pays a fen.
  private static let rules = """
      v_day date := date '2027-01-01';
      v_content bytea := substr(sha256(convert_to(
        p_op::text || p_member || p_receipt || p_amount || p_coupon, 'UTF8') || p_lines), 1, 16);
      v_known record;
      v_member member%rowtype;
      v_payable bigint := p_amount - 1000;
      v_principal bigint;
      v_bonus bigint;
      v_earned bigint;
      v_left bigint := p_points;
      v_part bigint;
      v_before smallint;
      v_year bigint;
      v_effects bytea := '';
      v_reply text;
      v_seq bigint;
      v_hash bytea;
    begin
      select content, reply into v_known from journal where op = p_op;
      if found then
        if v_known.content <> v_content then raise exception 'other content'; end if;
        return 'replay ' || v_known.reply;
      end if;
      select * into v_member from member where id = p_member for update;
      if not found or v_member.status <> 0 then raise exception 'no such member'; end if;
      if v_member.points < p_points or v_member.principal + v_member.bonus < p_value
        then raise exception 'too little'; end if;
      update coupon set status = 2 where id = p_coupon and member = p_member and status = 1;
      if not found then raise exception 'coupon used'; end if;
      v_before := v_member.tier;
      v_principal := p_value * v_member.principal / (v_member.principal + v_member.bonus);
      v_bonus := p_value - v_principal;
      v_member.principal := v_member.principal - v_principal;
      v_member.bonus := v_member.bonus - v_bonus;
      while v_left > 0 loop
        v_part := least(v_left, v_member.lots[1]);
        v_effects := v_effects || int8send(-v_part) || int4send(v_member.ends[1] - v_day);
        v_left := v_left - v_part;
        if v_part = v_member.lots[1] then
          v_member.lots := v_member.lots[2:];
          v_member.ends := v_member.ends[2:];
        else v_member.lots[1] := v_member.lots[1] - v_part;
        end if;
      end loop;
      v_earned := (v_payable - p_points - v_bonus) / 100;
      v_member.points := v_member.points - p_points + v_earned;
      v_member.growth := v_member.growth + v_payable / 100;
      v_member.lifetime := v_member.lifetime + v_payable;
      v_member.single := greatest(v_member.single, v_payable);
      if v_member.days[cardinality(v_member.days)] = v_day then
        v_member.spent[cardinality(v_member.spent)] :=
          v_member.spent[cardinality(v_member.spent)] + v_payable;
      else
        v_member.days := v_member.days || v_day;
        v_member.spent := v_member.spent || v_payable;
      end if;
      select sum(s) into v_year from unnest(v_member.days, v_member.spent) u (d, s)
        where d > v_day - 365;
      v_member.tier := case when v_year >= 100000 then 2
        when v_member.single >= 20000 then 1 else v_before end;
      if v_member.ends[cardinality(v_member.ends)] = v_day + 365 then
        v_member.lots[cardinality(v_member.lots)] :=
          v_member.lots[cardinality(v_member.lots)] + v_earned;
      else
        v_member.lots := v_member.lots || v_earned;
        v_member.ends := v_member.ends || (v_day + 365);
      end if;
      v_effects := v_effects || int8send(v_earned) || int8send(-v_principal)
        || int8send(-v_bonus) || int8send(p_coupon) || int8send(v_payable);

    """

  private static func number(_ shape: PostgresShape) -> String {
    shape == .chained
      ? "select seq + 1, hash into v_seq, v_hash from head where one for update;"
      : "v_seq := nextval('journal_seq');"
  }

  private static let reply = """

      v_reply := format('{"receiptId":"R%s","payableMinor":%s,"pointsSpent":%s,'
        || '"principalSpentMinor":%s,"bonusSpentMinor":%s,"coupons":[%s],"earned":%s,'
        || '"available":%s,"tierBefore":%s,"tierAfter":%s,"sequence":%s,"durable":"local"}',
        v_seq, v_payable, p_points, v_principal, v_bonus, p_coupon, v_earned, v_member.points,
        v_before, v_member.tier, v_seq);

    """

  private static func chain(_ shape: PostgresShape) -> String {
    guard shape == .chained else { return "" }
    return """
        v_hash := substr(sha256(v_hash || int8send(v_seq) || v_content || v_effects || p_lines
          || convert_to(v_reply, 'UTF8')), 1, 16);
        update head set seq = v_seq, hash = v_hash where one;

      """
  }

  private static func rows(_ shape: PostgresShape) -> String {
    let lines = """
        insert into receipt_line select v_seq, n, s, c, q, a
          from unnest(p_skus, p_categories, p_quantities, p_nets)
          with ordinality u (s, c, q, a, n);

      """
    return """
        insert into journal values (v_seq, p_op, 2, p_member, v_member.last, v_day, now(),
          'S001/C01', p_receipt, '\\x0011223344556677', v_content, v_effects, p_lines, v_reply,
          v_hash);
      \(shape == .rows ? lines : "")
        update member set points = v_member.points, growth = v_member.growth,
          lifetime = v_member.lifetime, single = v_member.single, days = v_member.days,
          spent = v_member.spent, tier = v_member.tier, last = v_seq,
          principal = v_member.principal, bonus = v_member.bonus, lots = v_member.lots,
          ends = v_member.ends where id = p_member;
        return 'done ' || v_reply;
      end $$
      """
  }
}

/// The work of a receipt in one prepared statement: a call of `checkout`, committed by itself.
final class PostgresCheckouts: PostgresMessages {
  private static let done = Array("done ".utf8)
  private let population: Population
  private let identity: RunIdentity
  private let shape: PostgresShape
  private let baskets = Baskets()
  /// The values that stand for each kind of basket's lines.
  private let lines: [[[UInt8]]]

  init(shape: PostgresShape, population: Population, identity: RunIdentity) {
    self.shape = shape
    self.population = population
    self.identity = identity
    lines = baskets.kinds.map { shape == .rows ? Self.columns(of: $0) : [Self.packed($0)] }
  }

  /// A line as the gateway packs it: two texts with their lengths, four numbers.
  private static func packed(_ lines: [Baskets.Line]) -> [UInt8] {
    var bytes: [UInt8] = []
    for line in lines {
      for text in [line.sku, line.category] {
        bytes.append(UInt8(text.utf8.count))
        bytes += text.utf8
      }
      bytes.append(UInt8(line.quantity))
      bytes.appendValue(UInt64(line.amountMinor))
    }
    return bytes
  }

  /// Arrays in PostgreSQL's text form.
  private static func columns(of lines: [Baskets.Line]) -> [[UInt8]] {
    [
      lines.map(\.sku), lines.map(\.category), lines.map { "\($0.quantity)" },
      lines.map { "\($0.amountMinor)" },
    ].map { Array(("{" + $0.joined(separator: ",") + "}").utf8) }
  }

  override func appendGreeting(to bytes: inout [UInt8]) {
    super.appendGreeting(to: &bytes)
    // The types' object ids in pg_type: uuid, int8, text, bytea, text[], int8[].
    let last: [UInt32] = shape == .rows ? [1009, 1009, 1016, 1016] : [17]
    let types: [UInt32] = [2950, 20, 25, 20, 20, 20, 20] + last
    let places = (1...types.count).map { "$\($0)" }.joined(separator: ", ")
    bytes.appendMessage("P") { content in
      content.append(contentsOf: "a\0select checkout(\(places))\0".utf8)
      content.appendBigEndian16(UInt16(types.count))
      for type in types { content.appendBigEndian(type) }
    }
    bytes.appendMessage("S") { _ in }
  }

  override var greetingReplyCount: Int { 2 }

  override func appendRequest(_ number: UInt64, slot: Int, to bytes: inout [UInt8]) {
    let kind = Baskets.kind(ofRequest: number)
    var receipt: [UInt8] = []
    identity.appendReceiptNumber(number, to: &receipt)
    let rest = lines[kind]
    bytes.appendMessage("B") { content in
      content.append(contentsOf: "\0a\0".utf8)
      content.appendBigEndian16(UInt16(7 + rest.count))
      for _ in 0..<7 { content.appendBigEndian16(1) }
      for _ in rest { content.appendBigEndian16(shape == .rows ? 0 : 1) }
      content.appendBigEndian16(UInt16(7 + rest.count))
      content.appendValue(identity.operationBytes(number))
      content.appendValue(UInt64(population.member(ofRequest: number)))
      content.appendValue(receipt)
      content.appendValue(UInt64(baskets.listMinor(kind)))
      content.appendValue(number)
      content.appendValue(UInt64(Baskets.pointsSpent))
      content.appendValue(UInt64(Baskets.valueSpentMinor))
      for value in rest { content.appendValue(value) }
      content.appendBigEndian16(0)
    }
    bytes.appendExecute()
  }

  /// The reply must be a new operation's.
  override func isRight(_ frame: Frame, to number: UInt64, in buffer: ReceiveBuffer) -> Bool {
    frame.kind == .result && buffer.contains(Self.done, in: 0..<frame.byteCount)
  }
}
