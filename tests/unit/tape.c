/* SPDX-License-Identifier: BSD-2-Clause */
/* Worlds on tape. */
#include "unit/tape.h"

#include <string.h>

void tape_init(struct tape *tape, size_t size)
{
	CHECK(size <= sizeof(tape->memory));
	/* A ring that trusts its memory to be zeros is found out. */
	memset(tape->memory, 0xa5, sizeof(tape->memory));
	recorder_init(&tape->recorder, tape->memory, size);
}

void tape_attach(struct tape *tape, struct world *w)
{
	w->recorder = &tape->recorder;
	w->track = (struct recorder_track){ 0 };
}

void tape_save(struct tape *tape, const struct world *w)
{
	struct recording_header header = {
		.version = "1.2.3",
		.interface = "eth0",
		.saved_ns = w->now,
		.saved_wall_s = 1800000000,
	};
	struct writer out =
		writer_over(tape->octets, recorder_file_size(&tape->recorder));

	CHECK(out.size <= sizeof(tape->octets));
	recorder_save(&tape->recorder, &w->track, &header, &w->client,
		      &w->config, &w->pool, &out, &tape->summary);
	CHECK(!out.failed);
	tape->file = (struct file){ tape->octets, out.used };
}

/* What it writes of itself reads as what it is. */
static void check_written(const struct replay *run)
{
	static uint8_t octets[RECORD_SIZE_MAX];
	static struct record record;
	static struct dhcp4_snapshot own;
	const struct dhcp4_snapshot *read = &record.snapshot;
	struct writer w = writer_over(octets, sizeof(octets));
	struct reader r;

	replay_write(run, &w);
	CHECK(!w.failed);
	r = reader_over(octets, w.used);
	CHECK(record_read(&r, &record) && r.left == 0);
	CHECK(record.kind == RECORD_KIND_SNAPSHOT);
	replay_snapshot(run, &own);
	CHECK(!snapshot_difference(&own, read));
	CHECK(!fields_difference(&dhcp4_config_fields, &own.config,
				 &read->config));
	CHECK(!fields_difference(&snapshot_shared_fields, &own.shared,
				 &read->shared));
}

unsigned tape_replay(const struct file *file, struct dhcp4_snapshot *ret_end)
{
	static struct record record;
	static struct replay run;
	struct recording_header header;
	struct reader records;
	unsigned events = 0;
	const char *name;

	CHECK(recording_open(file->bytes, file->size, &header, &records) ==
	      RECORDING_ERROR_NONE);
	CHECK(record_read(&records, &record));
	CHECK(record.kind == RECORD_KIND_SNAPSHOT);
	replay_begin(&run, &record.snapshot);
	for (;;) {
		CHECK(record_read(&records, &record));
		if (record.kind == RECORD_KIND_END)
			break;
		if (record.kind == RECORD_KIND_EVENT) {
			events++;
			CHECK(replay_step(&run, &record.event));
			if (!replay_agrees(&run, &record.event))
				ck_abort_msg("event %u does something else",
					     events);
			continue;
		}
		name = replay_check(&run, &record.snapshot);
		if (name)
			ck_abort_msg("after event %u: another %s", events, name);
	}
	check_written(&run);
	if (ret_end)
		replay_snapshot(&run, ret_end);
	return events;
}

unsigned tape_check(struct tape *tape, const struct world *w)
{
	struct dhcp4_snapshot now, end;
	unsigned events;

	tape_save(tape, w);
	events = tape_replay(&tape->file, &end);
	snapshot_take(&w->client, &w->config, &w->pool, &now);
	ck_assert_pstr_eq(snapshot_difference(&now, &end), NULL);
	ck_assert_pstr_eq(fields_difference(&dhcp4_config_fields, &now.config,
					    &end.config),
			  NULL);
	ck_assert_uint_eq(events, tape->summary.events);
	return events;
}
