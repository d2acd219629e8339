/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A script (play.h), recorded as the daemon records; then changes to the file: how
 * many there are stands in front, then each as two octets of a place and one to be
 * written there. The whole sum is made right again. So no file has to be kept whose
 * layout changes with every member of the client.
 *
 * Unchanged, the file replays to the same. Changed, it may say what no client ever
 * was, and lead to an ASSERT(), as tenured-replay says it may; to nothing worse.
 * What can be masked replays.
 */
#include <stdlib.h>
#include <string.h>

#include "base/sum.h"
#include "core/recorder.h"
#include "fuzz/fuzz.h"
#include "fuzz/play.h"
#include "replay/mask.h"

#define CHANGES_MAX 32
#define STEPS_MAX   8

static uint8_t memory[RECORDER_SIZE_MIN];
static uint8_t octets[2 * RECORDER_SIZE_MIN + SNAPSHOT_SIZE_MAX];

static size_t record(struct play *p, const uint8_t *script, size_t size)
{
	struct recorder recorder;
	struct recorder_summary summary;
	const struct recording_header header = {
		.version = "1.2.3",
		.interface = "eth0",
		.saved_wall_s = 1800000000,
	};
	struct writer w;

	recorder_init(&recorder, memory, sizeof(memory));
	play_begin(p, script, size);
	p->recorder = &recorder;
	p->copy_at = STEPS_MAX;
	while (p->steps < STEPS_MAX && play_next(p))
		continue;
	CHECK(recorder_file_size(&recorder) <= sizeof(octets));
	w = writer_over(octets, recorder_file_size(&recorder));
	recorder_save(&recorder, &p->track, &header, &p->client, &p->config,
		      &p->pool, &w, &summary);
	CHECK(!w.failed && summary.events <= p->steps);
	return w.used;
}

/* True if all of it replays, and to the same. */
static bool replays(const struct file *file)
{
	static struct record record;
	static struct replay run;
	struct recording_header header;
	struct reader records;
	bool same = true;

	if (recording_open(file->bytes, file->size, &header, &records) !=
		    RECORDING_ERROR_NONE ||
	    !record_read(&records, &record) ||
	    record.kind != RECORD_KIND_SNAPSHOT)
		return false;
	CHECK(memchr(header.version, 0, sizeof(header.version)));
	CHECK(memchr(header.interface, 0, sizeof(header.interface)));
	replay_begin(&run, &record.snapshot);
	while (record_read(&records, &record)) {
		if (record.kind == RECORD_KIND_END)
			return same;
		if (record.kind == RECORD_KIND_SNAPSHOT)
			same = !replay_check(&run, &record.snapshot) && same;
		else if (!replay_step(&run, &record.event))
			return false;
		else
			same = replay_agrees(&run, &record.event) && same;
	}
	return false;
}

/* A copy for others is a recording, too. */
static void mask(const struct file *file, bool whole)
{
	static const uint8_t key[32] = { 1, 2, 3 };
	struct mask_failure failure;
	struct file masked;
	bool again;

	if (mask_file(file, key, &masked, &failure, &again) < 0)
		return;
	/* Another key may do better; what is wrong with the file is not ours. */
	CHECK(!whole || !failure.what || again);
	if (failure.what)
		return;
	CHECK(masked.size == file->size);
	CHECK(replays(&masked));
	file_free(&masked);
}

static void change(size_t size, const uint8_t *changes, unsigned count)
{
	struct reader r = reader_over(changes, 3 * (size_t)count);
	uint32_t sum;

	for (unsigned i = 0; i < count; i++) {
		size_t at = reader_u16(&r) % size;

		octets[at] = reader_u8(&r);
	}
	sum = sum_crc32(octets, size - 4);
	for (unsigned i = 0; i < 4; i++)
		octets[size - 1 - i] = (uint8_t)(sum >> 8 * i);
}

static void replay_changed(const struct file *file)
{
	jmp_buf forgiven;

	if (setjmp(forgiven) == 0) {
		fuzz_forgiven = &forgiven;
		replays(file);
	}
	fuzz_forgiven = NULL;
}

static void run(const uint8_t *data, size_t size)
{
	static struct play play;
	const uint8_t *changes = data + 1;
	unsigned count;
	struct file file = { .bytes = octets };

	if (size < 1)
		return;
	count = data[0] % (CHANGES_MAX + 1);
	if (size < 1 + 3 * (size_t)count)
		return;
	file.size = record(&play, changes + 3 * count, size - 1 - 3 * count);
	CHECK(replays(&file));
	if (count == 0) {
		mask(&file, true);
		return;
	}
	change(file.size, changes, count);
	replay_changed(&file);
}

const struct fuzz_target fuzz_recording = { "recording", 768, run };
