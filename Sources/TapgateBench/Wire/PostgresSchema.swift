/// The gateway's accrual as a PostgreSQL schema and one function.
///
/// What a journal row of the gateway holds is in its row here: the rows' order, the request's hash,
/// the postings, the result that a repetition is answered with. A member's lots and tier facts are
/// in the member's row. `isChained` is the gateway's own work: rows are numbered without a gap in
/// the order of their commits, and each carries the hash of the one before it. Without it
/// PostgreSQL may commit in any order, which is less than the gateway promises (`operation.feed`,
/// `verify`).
enum PostgresSchema {
  static func statements(isChained: Bool) -> [String] {
    [
      """
      create table member (id bigint primary key, status smallint not null,
        points bigint not null, growth bigint not null, lifetime bigint not null,
        single bigint not null, days date[] not null, spent bigint[] not null,
        tier smallint not null, last bigint not null, lots bytea not null) with (fillfactor = 70)
      """,
      """
      create table journal (seq bigint primary key, op uuid not null unique,
        kind smallint not null, member bigint not null, previous bigint not null,
        day date not null, at timestamptz not null, origin text not null, receipt text not null,
        programme bytea not null, content bytea not null, effects bytea not null,
        reply text not null, hash bytea, unique (day, origin, receipt))
      """,
      "create sequence journal_seq",
      "create table head (one boolean primary key, seq bigint not null, hash bytea not null)",
      "insert into head values (true, 0, '\\x00')",
      function(isChained: isChained),
    ]
  }

  /// The member's and the head's rows are locked in this order; the head's as late as can be,
  /// because the lock lasts until the commit is on the disk.
  private static func function(isChained: Bool) -> String {
    isChained
      ? rules + chainedNumber + reply + chain + rows
      : rules + looseNumber + reply + rows
  }

  private static let rules = """
    create function accrue(p_op uuid, p_member bigint, p_receipt text, p_amount bigint)
    returns text language plpgsql as $$
    declare
      v_day date := date '2027-01-01';
      v_content bytea := substr(sha256(convert_to(
        p_op::text || p_member || p_receipt || p_amount, 'UTF8')), 1, 16);
      v_earned bigint := p_amount / 100;
      v_known record;
      v_member member%rowtype;
      v_before smallint;
      v_year bigint;
      v_effects bytea;
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
      v_before := v_member.tier;
      v_member.points := v_member.points + v_earned;
      v_member.growth := v_member.growth + v_earned;
      v_member.lifetime := v_member.lifetime + p_amount;
      v_member.single := greatest(v_member.single, p_amount);
      if v_member.days[cardinality(v_member.days)] = v_day then
        v_member.spent[cardinality(v_member.spent)] :=
          v_member.spent[cardinality(v_member.spent)] + p_amount;
      else
        v_member.days := v_member.days || v_day;
        v_member.spent := v_member.spent || p_amount;
      end if;
      select sum(s) into v_year from unnest(v_member.days, v_member.spent) u (d, s)
        where d > v_day - 365;
      v_member.tier := case when v_year >= 300000 then 3 when v_year >= 100000 then 2
        when v_member.single >= 20000 then 1 else v_before end;
      v_member.lots := v_member.lots || int8send(v_earned) || int8send(v_earned)
        || int4send(v_day - date '1970-01-01') || int4send(v_day + 365 - date '1970-01-01');
      v_effects := int8send(-v_earned) || int8send(v_earned) || int8send(p_amount)
        || int4send(v_day - date '1970-01-01');

    """

  private static let chainedNumber =
    "select seq + 1, hash into v_seq, v_hash from head where one for update;"

  private static let looseNumber = "v_seq := nextval('journal_seq');"

  private static let reply = """

      v_reply := format('{"receiptId":"R%s","earned":%s,"available":%s,"tierBefore":%s,'
        || '"tierAfter":%s,"lots":[{"lotId":"L%s.0","points":%s,"expires":"2028-01-01"}],'
        || '"growth":%s,"sequence":%s,"printJobId":null,"durable":"local"}', v_seq, v_earned,
        v_member.points, v_before, v_member.tier, v_seq, v_earned, v_earned, v_seq);

    """

  private static let chain = """
      v_hash := substr(sha256(v_hash || int8send(v_seq) || v_content || v_effects
        || convert_to(v_reply, 'UTF8')), 1, 16);
      update head set seq = v_seq, hash = v_hash where one;

    """

  private static let rows = """
      insert into journal values (v_seq, p_op, 1, p_member, v_member.last, v_day, now(),
        'S001/C01', p_receipt, '\\x0011223344556677', v_content, v_effects, v_reply, v_hash);
      update member set points = v_member.points, growth = v_member.growth,
        lifetime = v_member.lifetime, single = v_member.single, days = v_member.days,
        spent = v_member.spent, tier = v_member.tier, last = v_seq, lots = v_member.lots
        where id = p_member;
      return 'done ' || v_reply;
    end $$
    """
}
