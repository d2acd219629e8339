/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the flight recorder still holds of a port is the truth: the core, given it
 * again, does the same to the last octet, and becomes what the client is. No
 * other oracle looks into a client; this one compares it with itself.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/replay.h"
#include "sim/judge_internal.h"

static uint8_t file[RECORDING_FRAME_SIZE + SIM_RECORD_SIZE + RECORD_SIZE_MAX];

/* The recording of a port as it is now; its size. */
static size_t save(const struct port_model *p)
{
	const struct iface *iface = &p->port->iface;
	const struct sim_host *host = p->port->host;
	struct recording_header header = {
		.version = "sim",
		.saved_ns = iface->client->now,
	};
	struct writer w = writer_over(file, sizeof(file));
	struct recorder_summary summary;

	recorder_save(&host->recorder, &iface->track, &header, iface->client,
		      &iface->config, &host->shared.offers, &w, &summary);
	return w.failed ? 0 : w.used;
}

/* Where recordings are kept; NULL: nowhere. */
static const char *directory;

void judge_keep_recordings(const char *path)
{
	directory = path;
}

static void keep(const struct port_model *p, size_t size)
{
	char path[4096];
	FILE *stream;

	snprintf(path, sizeof(path), "%s/%s-%s.record", directory,
		 p->port->host->device->name, p->port->iface.name);
	stream = fopen(path, "w");
	if (!stream || fwrite(file, 1, size, stream) != size ||
	    fclose(stream) != 0)
		err(EXIT_FAILURE, "%s", path);
}

/* Replays one record. False if it does not replay: the judge was told. */
static bool replay_one(struct port_model *p, struct replay *replay,
		       const struct record *record)
{
	const char *name = NULL;

	if (record->kind == RECORD_KIND_SNAPSHOT)
		name = replay_check(replay, &record->snapshot);
	else if (!replay_step(replay, &record->event))
		name = "an event that cannot be";
	else if (!replay_agrees(replay, &record->event))
		name = "an effect";
	if (name)
		judge_fail(p, "it was recorded otherwise at %s of its boot: %s",
			   judge_s(replay->client.now).text, name);
	return !name;
}

static void end(struct port_model *p)
{
	static struct record record;
	static struct replay replay;
	struct recording_header header;
	struct reader records;
	size_t size = save(p);

	if (!p->port->iface.track.owner)
		return; /* it never ran */
	if (directory)
		keep(p, size);
	if (recording_open(file, size, &header, &records) != RECORDING_ERROR_NONE ||
	    !record_read(&records, &record) ||
	    record.kind != RECORD_KIND_SNAPSHOT) {
		judge_fail(p, "its recording cannot be read");
		return;
	}
	replay_begin(&replay, &record.snapshot);
	while (record_read(&records, &record)) {
		if (record.kind == RECORD_KIND_END)
			return;
		if (!replay_one(p, &replay, &record))
			return;
	}
	judge_fail(p, "its recording has no end");
}

const struct judge_oracle judge_replay = {
	.name = "replay",
	.holds = "what was recorded replays to the same",
	.end = end,
};
