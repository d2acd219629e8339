# SPDX-License-Identifier: BSD-2-Clause
#
# awk -f descriptions.awk NAME=FILE...: texts as a C source, at half their size.
#
# The two codes that stand side by side most often become one, 128 times over. So a
# code is a character, 0 the end of a text, and 128 and more one of the pairs.
# description.c makes text of that again.

BEGIN {
	for (i = 1; i < 128; i++)
		code_of[sprintf("%c", i)] = i
	for (i = 1; i < ARGC; i++) {
		name[i] = substr(ARGV[i], 1, index(ARGV[i], "=") - 1)
		size[i] = read_text(substr(ARGV[i], length(name[i]) + 2))
	}
	for (pair = 128; pair < 256; pair++)
		join(most_frequent(), pair)
	write_source()
	exit
}

# Its size.
function read_text(file, line, i, c, before) {
	before = count
	while ((getline line < file) > 0) {
		for (i = 1; i <= length(line); i++) {
			c = substr(line, i, 1)
			if (!(c in code_of))
				fail(file ": \"" c "\" is not ASCII")
			code[++count] = code_of[c]
		}
		code[++count] = code_of["\n"]
	}
	if (count == before)
		fail(file ": cannot be read")
	code[++count] = 0
	return count - before - 1
}

function fail(message) {
	print message | "cat >&2"
	exit 1
}

# The lowest of several: any awk, in whatever order, writes the same. What ends a text
# is part of none, even if two texts end alike.
function most_frequent(i, both, seen, most, best) {
	for (i = 1; i < count; i++)
		if (code[i] && code[i + 1])
			seen[code[i] * 256 + code[i + 1]]++
	for (both in seen)
		if (seen[both] > most || seen[both] == most && both + 0 < best) {
			most = seen[both]
			best = both + 0
		}
	return best
}

function join(both, pair, i, left) {
	first[pair] = int(both / 256)
	second[pair] = both % 256
	for (i = 1; i <= count; i++) {
		if (code[i] == first[pair] && i < count && code[i + 1] == second[pair]) {
			code[++left] = pair
			i++
		} else {
			code[++left] = code[i]
		}
	}
	count = left
}

function write_source(i, at) {
	print "#include \"daemon/description.h\""
	print "const uint8_t description_pairs[128][2] = {"
	for (i = 128; i < 256; i++)
		print "\t{ " first[i] ", " second[i] " },"
	print "};"
	for (i = 1; i < ARGC; i++) {
		print "static const uint8_t " name[i] "[] = {"
		do
			print "\t" code[++at] ","
		while (code[at])
		print "};"
		print "const struct description description_" name[i] " = { " size[i] ", " \
			name[i] " };"
	}
}
