# What test-order judges: the disassembly of core/entry.c or core/transfer.c (part), a function at a
# time.  Flags are at 0 in an entry, domid at 2, frame at 4.
function wrong(what) { if (!(what in said)) print part ": " what; said[what] = 1 }
function at(offset) { return operands ~ (offset ? "\\[x[0-9]+, #" offset "\\]$" : "\\[x[0-9]+\\]$") }
/>:$/ { domid = frame = looked = barrier = exchange = 0; next }
$1 !~ /:$/ || $2 == "" { next }
{ instruction = $2; operands = $0; sub(/[ \t]+$/, "", operands) }
instruction == "strh" && at(2) { domid = 1 }
instruction == "str" && at(4) { frame = 1 }
instruction == "stlrh" {
	published++
	if (!domid || !frame)
		wrong("flags are stored before domid and frame")
}
instruction == "strh" && at(0) {
	# What arrived is taken from a completed entry, which nobody else looks at.
	if (part != "transfer" || !looked)
		wrong("flags are stored without release")
}
(instruction == "ldarh" || instruction == "ldrh") && at(0) {
	looked = 1
	if (part == "transfer" && instruction == "ldrh")
		wrong("flags are loaded without acquire")
}
instruction == "casalh" || instruction == "ldxrh" {
	exchanges++
	if (!barrier)
		wrong("an exchange without a barrier on each side")
	exchange = 1
}
instruction == "dmb" { barrier = 1; exchange = 0 }
# The function goes on, or ends, with an exchange that no barrier followed.
exchange && (instruction == "ret" || instruction ~ /^(ldr|str|stlr|ldar)/) {
	wrong("an exchange without a barrier on each side")
}
END {
	if (part == "entry" && !published)
		wrong("flags are stored without release")
	if (!exchanges)
		wrong("no exchange")
}
