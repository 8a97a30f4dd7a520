# plant.awk -v record=RECORD [-v mark=NAME] -f fuzz/plant.awk SOURCE: the source with the record's
# `-' lines, which must be there exactly once, replaced by its `+' lines.  Else status 1.
#
# With `mark' the result also calls NAME(), which does nothing unless another object defines it,
# where the defect is: in front of the statement that holds the first of these lines, as the first
# part of an `else if', behind labels, or within what an `if' without braces does.  Where the lines
# are no statement, as in a table, the record's line `reached' has the text of the line that stands
# for them.

BEGIN {
	while ((getline line < record) > 0) {
		if (line ~ /^-/) old[n_old++] = substr(line, 2)
		else if (line ~ /^[+]/) new[n_new++] = substr(line, 2)
		else if (line ~ /^reached /) reached = substr(line, 9)
	}
	call = mark "();"
	LABEL = "^[ \t]*(case .*|default):$"
}

{ text[NR] = $0 }

function matches(at,    i) {
	for (i = 0; i < n_old; i++)
		if (text[at + i] != old[i]) return 0
	return 1
}

# How line `at' begins, once all before it are read: "statement", "body" of an if or loop without
# braces, "rest" of something that began above, or "" outside any function.
function beginning() {
	if (!in_function) return ""
	if (parens == 0 && last ~ /[;{}:]/) return "statement"
	if (parens == 0 && (last == ")" || word == "else" || word == "do")) return "body"
	return "rest"
}

# The line without strings and comments.
function bare(line) {
	gsub(/"([^"\\]|\\.)*"|'([^'\\]|\\.)*'/, "0", line)
	gsub(/\/\*([^*]|\*[^\/])*\*\//, "", line)
	if (in_comment && !sub(/^.*\*\//, "", line)) return ""
	in_comment = sub(/\/\*.*/, "", line)
	return line
}

# A brace opens a block, or an initialiser, which is one value as what is in parentheses is.
function read_brace(c) {
	if (c == "{") {
		is_value[++braces] = last ~ /[=,(]/ || parens > 0 || (braces > 1 && last == ")" &&
			head !~ /^(if|for|while|switch)$/)
		parens += is_value[braces]
	} else
		parens -= is_value[braces--]
}

# Read a line as far as it takes to know how the next one begins.
function read_line(line,    i, c) {
	if (line ~ /^#/) return
	if (line ~ /^\{/) in_function = 1
	if (line ~ /^\}/) in_function = 0
	line = bare(line)
	for (i = 1; i <= length(line); i++) {
		c = substr(line, i, 1)
		if (c !~ /[A-Za-z0-9_]/) {
			in_word = 0
			if (c ~ /[ \t]/) continue
			word = ""
		} else {
			if (!in_word) {
				heads = last ~ /[;{}]/ || word == "else"
				word = ""
			}
			in_word = 1
			word = word c
			if (heads) head = word
		}
		parens += (c == "(") - (c == ")")
		if (c ~ /[{}]/) read_brace(c)
		last = c
	}
	in_word = 0
}

# Put the call at line `at', which begins as `how' says.  False if nothing can be put there.
function put_at_line(at, line, how) {
	if (line ~ /^[ \t]*(\} )?else if \(/) put = "inside"
	else if (how == "statement" && line ~ LABEL && at == where) put = "behind labels"
	else if (how == "statement" && line !~ /^[ \t]*(\}|else|case|default|\{)/) put = "before"
	else if (how == "body" && (at == where || reached != "")) put = "around"
	else return 0
	put_at = at
	return 1
}

# Find where the call goes: at the line that the record names, or as near above the defect as can be.
function place(    at, how) {
	for (at = 1; at <= NR && (reached != "" || at <= where); at++) {
		begins[at] = beginning()
		if (reached != "" && index(text[at], reached))
			return put_at_line(at, text[at], begins[at])
		read_line(text[at])
	}
	if (reached != "") return 0
	for (at = where; at > 0 && begins[at] != ""; at--)
		if (put_at_line(at, at == where ? new[0] : text[at], begins[at])) return 1
	return 0
}

# Print a line of those at which the call is put; `first' of them or not.
function print_marked(line, first) {
	if (first && put == "before") print call
	if (first && put == "around") print "{ " call
	if (first && put == "inside") sub(/else if \(/, "&" mark "(), ", line)
	if (!put_already && put == "behind labels" && line !~ LABEL) {
		print call
		put_already = 1
	}
	print line
	if (!put_already && put == "around" && line ~ /;$/) {
		print "}"
		put_already = 1
	}
}

function print_new(    i) {
	for (i = 0; i < n_new; i++)
		if (put_at == where) print_marked(new[i], i == 0)
		else print new[i]
}

END {
	for (at = 1; at <= NR - n_old + 1; at++)
		if (matches(at)) { where = at; found++ }
	if (!n_old || found != 1) exit 1
	if (mark != "") {
		if (!place()) exit 1
		print "void " mark "(void);"
		print "__attribute__((weak)) void " mark "(void) { }"
		print "#line 1"
	}
	for (at = 1; at <= NR; at++) {
		if (at == where) {
			print_new()
			at += n_old - 1
		} else if (at == put_at) print_marked(text[at], 1)
		else print text[at]
	}
}
