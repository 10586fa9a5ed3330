------------------------------- MODULE handover -------------------------------
(* Data-ownership handover of ONE slot of ONE capability between two sides.    *)
(* Reference for platform/handover; "R6" is rule 6 of README.md beside it. *)
(*                                                                             *)
(* Every action is one local transaction at one database under the slot lock   *)
(* (R2, R5); nothing ever touches both databases at once.  With Mut = {} this  *)
(* is the CORRECTED protocol.  A name in Mut switches one rule off or to       *)
(* another reading: "t-..." = the text of section 5 as it stood, "m-..." = a   *)
(* planted bug.                                                                *)
(*                                                                             *)
(* What is abstracted, and why that only adds behaviours:                      *)
(*  - a request may be processed at any time, at any side, any number of times *)
(*    (covers delay, time-out, retry at either side, the proxy's repeats);     *)
(*    a 421 and a replayed answer change nothing, so they are not steps;       *)
(*  - every COMMITTED write counts as acknowledged (stronger than the text);   *)
(*    the response of a write is the seq of its row;                           *)
(*  - Transport = "soup": any row ever written may reach the peer's inbox at   *)
(*    any time, in any order, any number of times (relay crashes, zombie       *)
(*    relays, offset resets, drains, pulls, pruned rows still in the broker).  *)
(*    Transport = "log": relay with note, ordered log, offsets, drain, apart.  *)
(*  - controllers 1 and 2 both run all the time and may pause anywhere; the    *)
(*    token of controller c is c.                                              *)
EXTENDS Naturals, Sequences, FiniteSets, TLC

CONSTANTS W,          \* the client writes; each has its own idempotency key
          NoW,        \* the "write" of a handover marker
          Ctl,        \* controllers, e.g. {1} or {1,2}
          MaxHO,      \* handovers (markers) in all
          MaxAbort,   \* aborts in all
          MaxQuar,    \* times that a copy is found wrong (and is wrong)
          MaxPark,    \* rows that a copy keeps parked at once
          MaxPull,    \* pulls that look for missing rows (the race of R5)
          Transport,  \* "soup" or "log"
          MaxDup,     \* log only: rows sent twice
          MaxReset,   \* log only: consumer offset resets
          Mut

Side    == {"M", "E"}                      \* monolith, extracted
Peer(s) == IF s = "M" THEN "E" ELSE "M"
On(x)   == x \in Mut
MaxEp   == 2 + MaxHO + 2 * MaxAbort
Sym     == Permutations(W)

VARIABLES
  db,    \* db[s]: the slot row and the slot's data at side s (see Init)
  rows,  \* rows[s]: every outbox row that side s ever wrote (outbox = those > pruned)
  mem,   \* mem[c]: what controller c remembers between its transactions
  nq,    \* copies found wrong so far
  pull,  \* pull[s]: a pull in progress at side s
  np,
  wire, sent, off, nr,   \* transport "log" only
  open,  \* open transactions; only with m-nolock
  non    \* ghost: the highest epoch at which side s answered 421
vars == <<db, rows, mem, nq, pull, np, wire, sent, off, nr, open, non>>

NoKeys == [w \in W |-> 0]
NoLast == [e \in 1..MaxEp |-> 0]
Idle   == [op |-> "idle", s |-> "M", n |-> 0, snap |-> <<>>]
NoPull == [ph |-> 0, q |-> 0, ep |-> 0]

(* R1. Both rows start at the SAME epoch 1 (so: equal epochs <=> an owner).     *)
Init ==
  /\ db = [s \in Side |->
       [own   |-> s = "M",
        ep    |-> 1,
        seq   |-> 0,
        st    |-> IF s = "M" THEN "following" ELSE "empty",
        last  |-> NoLast,        \* last seq of every past epoch
        log   |-> <<>>,          \* the business value: the writes, in order
        keys  |-> NoKeys,        \* key -> stored response
        prn   |-> 0,             \* own outbox rows up to here are pruned
        park  |-> {},            \* parked events
        frn   |-> {},            \* foreign tails, stored and shown
        alarm |-> FALSE,
        tok   |-> 0]]            \* highest fencing token seen (R14)
  /\ rows = [s \in Side |-> {}]
  /\ mem  = [c \in Ctl |-> Idle]
  /\ nq = 0 /\ np = 0 /\ nr = 0
  /\ pull = [s \in Side |-> NoPull]
  /\ wire = [s \in Side |-> <<>>]
  /\ sent = [s \in Side |-> 0]
  /\ off  = [s \in Side |-> 0]
  /\ open = {}
  /\ non  = [s \in Side |-> IF s = "M" THEN 0 ELSE 1]

Outbox(g, s) == {r \in rows[s] : r.seq > g[s].prn}
IsMarker(r)  == r.w = NoW
Markers      == Cardinality({r \in rows["M"] \cup rows["E"] : IsMarker(r)})
Max(a, b)    == IF a > b THEN a ELSE b
NonNow(g)    == [s \in Side |-> IF g[s].own THEN non[s] ELSE Max(non[s], g[s].ep)]
\* every action ends with this: commit the new databases, note what 421s could say
Commit(g)    == db' = g /\ non' = NonNow(g)

-------------------------------------------------------------------------------
(* R2. A write: lock the row; not the owner -> 421; key known -> stored answer; *)
(* change; seq + 1; exactly one outbox row, under the current epoch.            *)
AddRow(s, q, e, w) == rows' = [rows EXCEPT ![s] = @ \cup {[seq |-> q, ep |-> e, w |-> w]}]

WriteTx(s, w, e) ==
  LET d == db[s]  q == d.seq + 1 IN
  /\ Commit([db EXCEPT ![s] = [d EXCEPT !.seq = q, !.log = Append(@, w),
                                        !.keys[w] = IF @ = 0 THEN q ELSE @]])
  /\ AddRow(s, q, e, w)

Write(s, w) ==
  /\ ~On("m-nolock")
  /\ db[s].own
  /\ db[s].keys[w] = 0 \/ (On("m-keylate") /\ Len(db[s].log) <= Cardinality(W))
  /\ WriteTx(s, w, db[s].ep)
  /\ UNCHANGED <<mem, nq, pull, np, wire, sent, off, nr, open>>

(* m-nolock: the row is read without FOR UPDATE, the rest happens later.        *)
OpenWrite(s, w) ==
  /\ On("m-nolock") /\ db[s].own /\ db[s].keys[w] = 0 /\ open = {}
  /\ open' = {<<s, w, db[s].ep>>}
  /\ UNCHANGED <<db, rows, mem, nq, pull, np, wire, sent, off, nr, non>>
CloseWrite ==
  /\ \E t \in open : WriteTx(t[1], t[2], t[3])
  /\ open' = {}
  /\ UNCHANGED <<mem, nq, pull, np, wire, sent, off, nr>>

-------------------------------------------------------------------------------
(* R5. The inbox, a pure function of (own slot row, event).                     *)
Effect(d, r) ==
  IF IsMarker(r)                                   \* R6: by applying it: owner
  THEN [d EXCEPT !.own = TRUE, !.seq = r.seq, !.last[r.ep] = r.seq, !.ep = r.ep + 1]
  ELSE [d EXCEPT !.seq = Max(@, r.seq), !.log = Append(@, r.w),
                 !.keys[r.w] = IF On("m-nokeys") THEN @ ELSE r.seq]

Park(d, r) == IF Cardinality(d.park) < MaxPark THEN [d EXCEPT !.park = @ \cup {r}] ELSE d

RECURSIVE Settle(_)      \* after a row was applied: what parked now fits, fits
Settle(d) ==
  LET p == {r \in d.park : r.seq > d.seq}
      nx == {r \in p : r.seq = d.seq + 1 /\ r.ep = d.ep}
      c == [d EXCEPT !.park = p]
  IN IF nx = {} THEN c ELSE Settle(Effect(c, CHOOSE r \in nx : TRUE))

CanApply(d) == d.st = "following" \/ On("t-anystate")

Inbox(d, r) ==
  CASE On("m-marker") /\ IsMarker(r) /\ ~d.own /\ CanApply(d) /\ r.ep = d.ep ->
         Settle(Effect(d, r))                      \* marker taken out of order
    [] On("m-seq") /\ CanApply(d) /\ ~d.own /\ Len(d.log) <= Cardinality(W) ->
         Effect(d, r)                              \* no seq check at all
    [] d.st # "following" /\ ~On("t-anystate") -> \* empty, filling, quarantined: take nothing;
         IF On("t-fillparks") /\ d.st # "empty"    \*   the rows stay in the peer's outbox
         THEN Park(d, r) ELSE d
    [] r.ep < d.ep /\ ~On("m-epoch") ->            \* a past epoch
         IF r.seq <= d.last[r.ep] THEN d           \*   duplicate
         ELSE [d EXCEPT !.frn = @ \cup {r}]        \*   foreign tail
    [] r.ep > d.ep /\ ~On("m-epoch") ->            \* cannot be: both rows know an epoch
         IF On("t-higherpark") THEN Park(d, r)     \*   before its first event
         ELSE [d EXCEPT !.alarm = TRUE]
    [] r.seq <= d.seq -> d                         \* duplicate
    [] d.own -> [d EXCEPT !.alarm = TRUE]          \* an owner is never behind
    [] r.seq = d.seq + 1 -> Settle(Effect(d, r))
    [] OTHER -> Park(d, r)                         \* a gap

Receive(s, r) ==
  LET n == Inbox(db[s], r) IN
  /\ n # db[s]
  /\ Commit([db EXCEPT ![s] = n])
  /\ IF On("m-echo") /\ n.log # db[s].log /\ Cardinality(rows[s]) < 3
     THEN AddRow(s, r.seq, r.ep, r.w) ELSE rows' = rows
  /\ UNCHANGED <<mem, nq, pull, np, wire, sent, nr, open>>

Soup(s) == Transport = "soup" /\ (\E r \in rows[Peer(s)] : Receive(s, r)) /\ off' = off

(* R4, R7. Transport "log": the relay appends the next row and notes it (or     *)
(* crashes before the note, or sends an old row again); the consumer applies    *)
(* the next one and commits its offset (or crashes before, or is reset); the    *)
(* controller drains the next row straight from the outbox.                     *)
Relay(s) ==
  LET todo == {r \in Outbox(db, s) : r.seq > sent[s]} IN
  /\ Transport = "log" /\ todo # {}
  /\ LET r == CHOOSE x \in todo : \A y \in todo : x.seq <= y.seq IN
     /\ Len(wire[s]) < Cardinality(rows[s]) + MaxDup
     /\ wire' = [wire EXCEPT ![s] = Append(@, r)]
     /\ sent' \in {sent, [sent EXCEPT ![s] = r.seq]}
  /\ UNCHANGED <<db, rows, mem, nq, pull, np, off, nr, open, non>>
Resend(s) ==
  /\ Transport = "log"
  /\ \E r \in Outbox(db, s) :
       /\ r.seq <= sent[s] /\ Len(wire[s]) < Cardinality(rows[s]) + MaxDup
       /\ wire' = [wire EXCEPT ![s] = Append(@, r)]
  /\ UNCHANGED <<db, rows, mem, nq, pull, np, sent, off, nr, open, non>>
Consume(s) ==
  /\ Transport = "log" /\ off[s] < Len(wire[Peer(s)])
  /\ LET r == wire[Peer(s)][off[s] + 1] IN
     \/ Receive(s, r) /\ off' \in {off, [off EXCEPT ![s] = @ + 1]}
     \/ /\ Inbox(db[s], r) = db[s]
        /\ off' = [off EXCEPT ![s] = @ + 1]
        /\ UNCHANGED <<db, rows, mem, nq, pull, np, wire, sent, nr, open, non>>
Reset(s) ==
  /\ Transport = "log" /\ nr < MaxReset /\ nr' = nr + 1 /\ off[s] > 0
  /\ \E o \in 0..(off[s] - 1) : off' = [off EXCEPT ![s] = o]
  /\ UNCHANGED <<db, rows, mem, nq, pull, np, wire, sent, open, non>>
Drain(s) ==
  /\ Transport = "log"
  /\ \E r \in Outbox(db, Peer(s)) : r.seq = db[s].seq + 1 /\ Receive(s, r)
  /\ off' = off

(* R4. Pruning: the peer's seq has passed the row AND the relay has noted it.   *)
Prune(s) ==
  LET gone == {r \in Outbox(db, s) :
                 /\ r.seq <= db[Peer(s)].seq \/ On("m-prune")
                 /\ Transport = "log" => (r.seq <= sent[s] \/ On("t-prune"))}
  IN /\ gone # {}
     /\ Commit([db EXCEPT ![s].prn = CHOOSE q \in {r.seq : r \in gone} :
                                       \A r \in gone : r.seq <= q])
     /\ UNCHANGED <<rows, mem, nq, pull, np, wire, sent, off, nr, open>>

(* R5. A pull reads its own seq, then the peer's outbox; rows that are gone     *)
(* quarantine the copy only if, under the lock, nothing has moved since.        *)
PullStart(s) ==
  /\ np < MaxPull /\ np' = np + 1 /\ pull[s].ph = 0
  /\ ~db[s].own /\ db[s].st = "following"
  /\ pull' = [pull EXCEPT ![s] = [ph |-> 1, q |-> db[s].seq, ep |-> db[s].ep]]
  /\ UNCHANGED <<db, rows, mem, nq, wire, sent, off, nr, open, non>>
PullLook(s) ==
  /\ pull[s].ph = 1
  /\ pull' = [pull EXCEPT ![s] =
       IF db[Peer(s)].seq > pull[s].q /\ ~\E r \in Outbox(db, Peer(s)) : r.seq = pull[s].q + 1
       THEN [@ EXCEPT !.ph = 2] ELSE NoPull]
  /\ UNCHANGED <<db, rows, mem, nq, np, wire, sent, off, nr, open, non>>
PullGone(s) ==
  /\ pull[s].ph = 2
  /\ pull' = [pull EXCEPT ![s] = NoPull]
  /\ LET d == db[s] IN
     IF On("t-pull") \/ (~d.own /\ d.st = "following" /\ d.seq = pull[s].q /\ d.ep = pull[s].ep)
     THEN Commit([db EXCEPT ![s].st = "quarantined"]) ELSE UNCHANGED <<db, non>>
  /\ UNCHANGED <<rows, mem, nq, np, wire, sent, off, nr, open>>

-------------------------------------------------------------------------------
(* R14. A controller act at side s: refused below the highest token seen, and   *)
(* (Cas) unless the row still is what the controller read.                      *)
TokOk(c, s)  == On("m-token") \/ c >= db[s].tok
Cas(x)       == On("m-cas") \/ x
Tok(c, d)    == IF On("m-token") THEN d ELSE [d EXCEPT !.tok = c]
Set(c, m)    == mem' = [mem EXCEPT ![c] = m]
Rest         == UNCHANGED <<nq, pull, np, wire, sent, off, nr, open>>
Look         == UNCHANGED <<db, rows, non>> /\ Rest

Crash(c) == mem[c].op # "idle" /\ Set(c, Idle) /\ Look   \* or: its act was refused

(* R6. Handover o -> p.  First look at the receiver ...                         *)
HoLook(c, o) ==
  LET p == db[Peer(o)] IN
  /\ mem[c].op = "idle" /\ Markers < MaxHO /\ db[o].own
  /\ On("m-cond") \/ (~p.own /\ p.st = "following" /\ p.park = {} /\ p.ep = db[o].ep)
  /\ Set(c, [Idle EXCEPT !.op = "handover", !.s = o, !.n = db[o].ep])
  /\ Look
(* ... then ONE local transaction at the owner: owner = false, the row's epoch  *)
(* becomes nextEpoch, seq + 1, a marker row under the old epoch.                *)
Handover(c) ==
  LET o == mem[c].s  d == db[o]  q == d.seq + 1 IN
  /\ mem[c].op = "handover" /\ Markers < MaxHO
  /\ TokOk(c, o) /\ d.own /\ Cas(d.ep = mem[c].n)
  /\ Commit([db EXCEPT ![o] = Tok(c,
       [d EXCEPT !.own = FALSE, !.seq = q, !.last[d.ep] = q,
                 !.ep = IF On("t-nobump") THEN @ ELSE @ + 1])])
  /\ AddRow(o, q, d.ep, NoW)
  /\ Set(c, Idle) /\ Rest

(* R6. Abort of a handover o -> p whose marker p has not applied.               *)
(* n = the marker's nextEpoch; the abort's epoch is n + 1, which no marker named *)
AbortEp(n, p) == IF On("t-abortepoch") THEN p.ep + 1 ELSE n + 1
InGap(o)  == ~db["M"].own /\ ~db["E"].own /\ db[o].st = "following" /\ db[o].seq > db[Peer(o)].seq
NextEp(o) == IF On("t-nobump") THEN db[o].ep + 1 ELSE db[o].ep
Fenced(g, o) == g[Peer(o)].ep > g[o].ep /\ g[Peer(o)].st \in {"empty", "filling"}
EpRoom(n) == n < 1 + Markers + MaxAbort            \* budget: every abort costs one epoch

AbortLook(c, o) ==
  /\ mem[c].op = "idle" /\ InGap(o) /\ ~Fenced(db, o)
  /\ EpRoom(NextEp(o))
  /\ Set(c, [Idle EXCEPT !.op = IF On("m-aborder") THEN "restore1" ELSE "fence",
                         !.s = o, !.n = NextEp(o)])
  /\ Look
FenceRow(p, e) == [p EXCEPT !.st = IF On("m-fencestate") THEN @ ELSE "empty", !.ep = e, !.park = {}]
Fence(c) ==                                   \* 1. at the receiver
  LET o == mem[c].s  n == mem[c].n  p == db[Peer(o)] IN
  /\ mem[c].op \in {"fence", "fence2"} /\ EpRoom(n)
  /\ TokOk(c, Peer(o)) /\ ~p.own /\ Cas(p.ep = n - 1)
  /\ AbortEp(n, p) <= MaxEp
  /\ Commit([db EXCEPT ![Peer(o)] = Tok(c, FenceRow(p, AbortEp(n, p)))])
  /\ Set(c, IF mem[c].op = "fence2" THEN Idle
            ELSE [mem[c] EXCEPT !.op = "restore", !.snap = <<AbortEp(n, p)>>])
  /\ UNCHANGED rows /\ Rest
RestoreRow(d, e) ==
  [d EXCEPT !.own = TRUE, !.ep = e,
            !.last = [x \in 1..MaxEp |-> IF x < e /\ x >= d.ep THEN d.seq ELSE @[x]]]
Restore(c) ==                                 \* 2. at the old owner
  LET o == mem[c].s  n == mem[c].n  d == db[o]
      e == IF mem[c].op = "restore1" THEN AbortEp(n, db[Peer(o)]) ELSE mem[c].snap[1] IN
  /\ mem[c].op \in {"restore", "restore1"}
  /\ TokOk(c, o) /\ ~d.own /\ Cas(NextEp(o) = n)
  /\ Commit([db EXCEPT ![o] = Tok(c, RestoreRow(d, e))])
  /\ Set(c, IF mem[c].op = "restore1" THEN [mem[c] EXCEPT !.op = "fence2"] ELSE Idle)
  /\ UNCHANGED rows /\ Rest
ResumeLook(c, o) ==                           \* a controller finds an abort half done
  /\ mem[c].op = "idle" /\ InGap(o) /\ Fenced(db, o)
  /\ Set(c, [Idle EXCEPT !.op = "restore", !.s = o, !.n = NextEp(o), !.snap = <<db[Peer(o)].ep>>])
  /\ Look

(* R11. (Re-)fill of copy p: mark it, snapshot at the owner, replace at p.      *)
FillStart(c, p) ==
  LET d == db[p] IN
  /\ mem[c].op = "idle" /\ TokOk(c, p) /\ ~d.own
  /\ d.st \in {"empty", "filling", "quarantined"} \/ On("m-fillfollow")
  /\ Commit([db EXCEPT ![p] = Tok(c, [d EXCEPT !.st = "filling"])])
  /\ Set(c, [Idle EXCEPT !.op = "snapshot", !.s = p, !.n = IF On("t-fillcas") THEN d.ep ELSE 0])
  /\ UNCHANGED rows /\ Rest
SnapOf(d) == [ep |-> d.ep, seq |-> d.seq, log |-> d.log,
              keys |-> IF On("m-nosnapkeys") THEN NoKeys ELSE d.keys,
              last |-> IF On("t-filllast") THEN NoLast ELSE d.last]
Snapshot(c) ==
  LET o == Peer(mem[c].s) IN
  /\ mem[c].op = "snapshot"
  /\ db[o].own \/ On("m-snapany")
  /\ Set(c, [mem[c] EXCEPT !.op = "replace", !.snap = SnapOf(db[o])])
  /\ Look
FillGuard(d, x) == /\ (~d.own /\ d.st = "filling") \/ On("m-fillstate")
                   /\ x.ep = d.ep \/ On("m-fillepoch")
                   /\ x.seq >= d.seq \/ On("m-fillseq")
FillRow(d, x) ==
  Settle([d EXCEPT !.ep = x.ep, !.seq = x.seq, !.log = x.log, !.keys = x.keys,
                   !.last = x.last, !.st = "following", !.own = FALSE])  \* parked <= S go
Replace(c) ==
  LET p == mem[c].s  x == mem[c].snap IN
  /\ mem[c].op = "replace" /\ TokOk(c, p)
  /\ \/ FillGuard(db[p], x)
     \/ On("t-fill")                                           \* no guard at all
     \/ On("t-fillcas") /\ ~db[p].own /\ db[p].ep = mem[c].n    \* R14's expected epoch only
  /\ Commit([db EXCEPT ![p] = Tok(c, FillRow(db[p], x))])
  /\ Set(c, Idle) /\ UNCHANGED rows /\ Rest

(* R12. The copy goes wrong and reconciliation finds it (fault injection: the   *)
(* data really is gone, so that trusting it again would lose writes).           *)
Quarantine(p) ==
  LET d == db[p] IN
  /\ nq < MaxQuar /\ nq' = nq + 1
  /\ ~d.own /\ d.st = "following" /\ (db[Peer(p)].own \/ db[Peer(p)].seq > d.seq)
  /\ Commit([db EXCEPT ![p] = [d EXCEPT !.st = "quarantined", !.log = <<>>, !.keys = NoKeys]])
  /\ UNCHANGED <<rows, mem, pull, np, wire, sent, off, nr, open>>

-------------------------------------------------------------------------------
CtlNext(c) ==
  \/ Crash(c) \/ Handover(c) \/ Fence(c) \/ Restore(c) \/ Snapshot(c) \/ Replace(c)
  \/ \E s \in Side : HoLook(c, s) \/ AbortLook(c, s) \/ ResumeLook(c, s) \/ FillStart(c, s)
SideNext(s) ==
  \/ \E w \in W : Write(s, w) \/ OpenWrite(s, w)
  \/ Soup(s) \/ Relay(s) \/ Resend(s) \/ Consume(s) \/ Reset(s) \/ Drain(s) \/ Prune(s)
  \/ PullStart(s) \/ PullLook(s) \/ PullGone(s) \/ Quarantine(s)
Next == (\E c \in Ctl : CtlNext(c)) \/ (\E s \in Side : SideNext(s)) \/ CloseWrite
Spec == Init /\ [][Next]_vars

-------------------------------------------------------------------------------
(* Invariants                                                                  *)
AllRows   == rows["M"] \cup rows["E"]
Owners    == {s \in Side : db[s].own}
Trusted   == {s \in Side : db[s].own \/ db[s].st = "following"}
\* who has everything: the owner; between the two moments the side with the marker
Authority == IF Owners # {} THEN CHOOSE s \in Owners : TRUE
             ELSE IF db["M"].seq >= db["E"].seq THEN "M" ELSE "E"

OneOwner    == Cardinality(Owners) <= 1
\* seq gapless and unique over both outboxes together
Gapless     == /\ \A a, b \in AllRows : a.seq = b.seq => a = b
               /\ {r.seq : r \in AllRows} = 1..Cardinality(AllRows)
               /\ rows["M"] \cap rows["E"] = {}
\* no committed write is applied twice, and whoever may serve has exactly the history
RECURSIVE Writes(_)
Writes(S) == IF S = {} THEN <<>>
             ELSE LET r == CHOOSE x \in S : \A y \in S : y.seq <= x.seq
                  IN Append(Writes(S \ {r}), r.w)
Hist(q)     == Writes({r \in AllRows : ~IsMarker(r) /\ r.seq <= q})
Once        == \A a, b \in AllRows : (a.w = b.w /\ a.w # NoW) => a = b
SameHistory == \A s \in Trusted : db[s].log = Hist(db[s].seq)
NothingLost == LET a == db[Authority] IN
                 /\ a.seq = Cardinality(AllRows) /\ a.log = Hist(a.seq)
                 /\ Authority \in Trusted
\* a retry is answered with the first response: the key is there, with its seq
KeysRight   == \A s \in Trusted : \A w \in W :
                 db[s].keys[w] = IF \E r \in AllRows : r.w = w /\ r.seq <= db[s].seq
                                 THEN (CHOOSE r \in AllRows : r.w = w).seq ELSE 0
NoAlarm     == \A s \in Side : ~db[s].alarm
NoForeign   == \A s \in Side : db[s].frn = {}
NoFalseQuar == nq = 0 => \A s \in Side : db[s].st # "quarantined"
\* a following copy always finds its next row in the peer's outbox
NextRowThere == \A s \in Side :
   (~db[s].own /\ db[s].st = "following" /\ db[s].seq < db[Peer(s)].seq)
     => \E r \in Outbox(db, Peer(s)) : r.seq = db[s].seq + 1
\* equal epochs <=> somebody owns; and who will own next can be read from the epochs (R8)
EpochTells  == /\ (Owners # {}) <=> (db["M"].ep = db["E"].ep)
               /\ Owners = {} => \A s \in Side : db[s].ep < db[Peer(s)].ep =>
                    \/ db[s].seq < db[Peer(s)].seq                        \* the receiver
                    \/ db[Peer(s)].st \in {"empty", "filling"}            \* the old owner
\* R8: an owner's epoch is above every epoch it ever reported in a 421
Fresh421    == \A s \in Owners : db[s].ep > non[s] /\ db[Peer(s)].ep > non[s]
\* an epoch belongs to one side
EpochOneSide == \A a \in rows["M"], b \in rows["E"] : a.ep # b.ep
\* other consumers of the log see every row, first sightings in order
LogComplete == Transport = "log" => \A s \in Side :
   \A i \in 1..Len(wire[s]) : \A r \in rows[s] :
      r.seq < wire[s][i].seq => \E j \in 1..(i-1) : wire[s][j] = r

(* At rest, and: when faults stop, the controller's repair gets there from      *)
(* EVERY reachable state (so AG EF Good, with a constructive witness).          *)
Good(g) == /\ \E s \in Side : g[s].own /\ ~g[Peer(s)].own
           /\ g["M"].st = "following" /\ g["E"].st = "following"
           /\ g["M"].park = {} /\ g["E"].park = {}
           /\ g["M"].ep = g["E"].ep \/ On("t-nobump")
           /\ g["M"].seq = g["E"].seq
           /\ g["M"].log = g["E"].log /\ g["M"].keys = g["E"].keys
           /\ g["M"].last = g["E"].last \/ On("t-filllast") \/ On("t-nobump")

DrainStep(g, p) ==      \* next row out of the peer's outbox, or "gone"
  LET nx == {r \in Outbox(g, Peer(p)) : r.seq = g[p].seq + 1} IN
  IF nx = {} THEN [g EXCEPT ![p].st = "quarantined"]
  ELSE [g EXCEPT ![p] = Inbox(g[p], CHOOSE r \in nx : TRUE)]

RepairStep(g) ==
  IF \E s \in Side : g[s].own
  THEN LET o == CHOOSE s \in Side : g[s].own  p == Peer(o) IN
       IF g[p].st # "following"
       THEN [g EXCEPT ![p] = FillRow(g[p], SnapOf(g[o]))]
       ELSE IF g[p].seq < g[o].seq THEN DrainStep(g, p)
       ELSE [g EXCEPT ![p] = Settle(g[p])]
  ELSE LET o == IF g["M"].seq > g["E"].seq THEN "M" ELSE "E"  p == Peer(o)
           n == IF On("t-nobump") THEN g[o].ep + 1 ELSE g[o].ep IN
       IF Fenced(g, o) \/ (g[p].st = "empty" /\ g[p].ep = n)
       THEN [g EXCEPT ![o] = RestoreRow(g[o], g[p].ep)]           \* finish the abort
       ELSE IF g[p].st = "following" THEN DrainStep(g, p)
       ELSE [g EXCEPT ![p] = FenceRow(g[p], AbortEp(n, g[p]))]    \* abort
RECURSIVE Repair(_, _)
Repair(g, k) == IF k = 0 \/ Good(g) THEN g ELSE Repair(RepairStep(g), k - 1)
Recovers == Good(Repair(db, 6 + Cardinality(AllRows)))
\* a handover that has started can always end without an abort (not with MaxQuar > 0)
RECURSIVE Drained(_, _)
Drained(g, k) == IF k = 0 \/ (\E s \in Side : g[s].own) THEN g
                 ELSE LET p == IF g["M"].seq > g["E"].seq THEN "E" ELSE "M" IN
                      Drained(DrainStep(g, p), k - 1)
HandoverEnds == MaxAbort = 0 =>
                  \E s \in Side : Drained(db, 1 + Cardinality(AllRows))[s].own

(* Must be VIOLATED (shows that the model really gets there):                   *)
MaxEpNow  == Max(db["M"].ep, db["E"].ep)
NeverFull == ~(Good(db) /\ Markers = MaxHO /\ Len(db["M"].log) = Cardinality(W)
               /\ \E r \in rows["E"] : ~IsMarker(r))          \* all handovers, all writes
NeverAborted == ~(Good(db) /\ MaxEpNow = 1 + Markers + MaxAbort /\ Markers = MaxHO
               /\ db["E"].own /\ Len(db["M"].log) = Cardinality(W))  \* after aborts too

(* R5: applying writes no outbox row; rows come only from the owner's own tx.   *)
NoEcho == [][\A s \in Side : rows'[s] # rows[s] => (db[s].own /\ db'[s].seq = db[s].seq + 1)]_vars

-------------------------------------------------------------------------------
(* Liveness under fairness (small configurations, without symmetry): faults are *)
(* budgeted, so they stop; then drains, repair and refill always lead to rest.  *)
RepairAct ==  \* one real step of the repair, at one database, by a fresh controller
  LET g == RepairStep(db) IN
  /\ g # db /\ Commit(g)
  /\ UNCHANGED <<rows, mem, nq, pull, np, wire, sent, off, nr, open>>
LiveSpec == Init /\ [][Next \/ RepairAct]_vars /\ WF_vars(RepairAct)
Rests    == <>[]Good(db)
===============================================================================
