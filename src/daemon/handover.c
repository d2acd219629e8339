/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The directory is opened once, and never by its name again: it lies in one of the
 * daemon's user, who might put a link in its place while root looks.
 */
#include "daemon/handover.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/log.h"

struct handover {
	struct store *store;
	int directory; /* the store's */
};

/* ---- the directory ------------------------------------------------------- */

static bool is_state_dir(const struct instance *instance, const struct stat *early)
{
	struct stat state;

	return stat(instance->state_dir, &state) == 0 &&
	       state.st_dev == early->st_dev && state.st_ino == early->st_ino;
}

/* As with our own directories: whoever else could write there might lie. */
static bool is_ours(const struct instance *instance, const struct stat *early)
{
	return early->st_uid ==
	       (instance->change_owner ? instance->uid : geteuid());
}

/* A descriptor; -ENOENT: there is nothing to be taken; or -errno. */
static int open_directory(const struct instance *instance)
{
	int fd = open(instance->early_dir,
		      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat info;
	int r = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &info) < 0)
		r = -errno;
	else if (is_state_dir(instance, &info))
		r = -ENOENT;
	else if (!is_ours(instance, &info))
		r = -EEXIST;
	if (r == 0)
		return fd;
	close(fd);
	return r;
}

static int open_all(const struct instance *instance, struct handover *h)
{
	int r;

	h->directory = open_directory(instance);
	if (h->directory < 0)
		return h->directory;
	r = store_open(&h->store, h->directory);
	/* Until an interface is ours, the initramfs' daemon may write there. */
	if (r == 0)
		store_doubt(h->store);
	return r;
}

struct handover *handover_open(const struct instance *instance)
{
	struct handover *h = calloc(1, sizeof(*h));
	int r = h ? open_all(instance, h) : -ENOMEM;

	if (r == 0)
		return h;
	free(h);
	if (r == -EEXIST)
		log_warning("%s is somebody else's, so that nothing is taken over "
			    "from it; make the initramfs anew if the user of the "
			    "daemon has got another number",
			    instance->early_dir);
	else if (r != -ENOENT)
		log_warning("nothing is taken over from %s: %s",
			    instance->early_dir, strerror(-r));
	return NULL;
}

void handover_close(struct handover *h)
{
	if (!h)
		return;
	store_close(h->store);
	free(h);
}

/* ---- the DUID ------------------------------------------------------------ */

bool handover_duid(struct handover *h, const struct duid_place *place,
		   struct duid *ret)
{
	struct duid theirs, ours;
	int r = h ? duid_read_own(h->directory, &theirs) : -ENOENT;

	if (r < 0) {
		if (r != -ENOENT)
			log_warning("the initramfs' DUID is not used: %s",
				    r == -EBADMSG ? "it is torn or altered"
						  : strerror(-r));
		return false;
	}
	r = duid_stored(place, &ours);
	if (r < 0 && r != -ENOENT && r != -EBADMSG)
		return false;
	if (r == 0 && !duid_equal(&theirs, &ours))
		log_warning("the initramfs has another DUID, so that servers "
			    "may know this host as two; make the initramfs anew");
	if (r < 0) {
		ours = theirs;
		r = duid_store(place, &ours);
		if (r < 0)
			log_warning("the initramfs' DUID is used, but cannot be "
				    "kept in %s: %s",
				    place->directory, strerror(-r));
	}
	if (r == 0)
		duid_forget(h->directory);
	*ret = ours;
	return true;
}

/* ---- leases -------------------------------------------------------------- */

/* Of an earlier boot it is no hand-over. present: NULL if there is none. */
static bool is_news(const struct lease_file *early,
		    const struct lease_file *present)
{
	return early->same_boot &&
	       (!present || !present->same_boot ||
		present->lease.granted_ns < early->lease.granted_ns);
}

/*
 * What the initramfs left of it, if that is newer than *ret, of which r is what
 * came: it is taken, and goes there. Returns r, or 0. Not inlined: most often no
 * initramfs left anything, and no stack is needed for it.
 */
__attribute__((noinline)) static int take_early(struct handover *h,
						struct store *store,
						const char *ifname, nsec now,
						struct lease_file *ret, int r)
{
	struct lease_file early;
	int error = 0;

	if (store_load(h->store, ifname, now, &early) < 0)
		return r;
	if (is_news(&early, r == 0 ? ret : NULL)) {
		*ret = early;
		r = 0;
		log_about(ifname, LOG_LEVEL_NOTICE,
			  "its lease comes from the initramfs");
		error = store_save(store, ifname, &early.lease,
				   early.former_mtu, now);
	}
	if (error == 0)
		error = store_forget(h->store, ifname);
	if (error < 0)
		log_about(ifname, LOG_LEVEL_WARNING,
			  "the lease of the initramfs is used, but cannot be "
			  "moved: %s",
			  strerror(-error));
	return r;
}

int handover_load(struct handover *h, struct store *store, const char *ifname,
		  nsec now, struct lease_file *ret)
{
	int r = store_load(store, ifname, now, ret);

	/* What cannot be read now may be newer. */
	if (!h || (r < 0 && r != -ENOENT && r != -EBADMSG))
		return r;
	return take_early(h, store, ifname, now, ret, r);
}
