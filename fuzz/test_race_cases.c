/*
 * test_race_cases: races with all that they may answer.
 *
 * Not here, as no program can race with it (LANGUAGE.md): a domain's death, suspend, callbacks.
 */
#include "fuzz/test_race_set.h"

#define GRANTED "\nd0 grant g0 to d1 page p0\n"
#define MAPPED GRANTED "d1 map m0 from d0 g0\n"
#define CLAIMED(slot) "d0 alloc c0 1\nd0 claim " slot " from c0\n"

const struct race_case race_cases[] = {
	{ "grant and map", "\n" CLAIMED("g0")
	  "race { d0 grant_ref g0 to d1 page p0 | d1 map m0 from d0 g0 }", {
		"d0 grant_ref 0 | d1 map okay",
		"d0 grant_ref 0 | d1 map general_error" } },
	{ "end and map", GRANTED "race { d0 end_ref g0 | d1 map m0 from d0 g0 }", {
		"d0 end_ref ended | d1 map general_error",
		"d0 end_ref busy | d1 map okay" } },
	{ "end, grant again, and map", GRANTED
	  "race { d0 end_ref g0; d0 grant_ref g0 to d1 page p1 | d1 map m0 from d0 g0 }", {
		"d0 end_ref busy d0 grant_ref -EINVAL | d1 map okay",
		"d0 end_ref ended d0 grant_ref 0 | d1 map general_error",
		"d0 end_ref ended d0 grant_ref 0 | d1 map okay" } },
	{ "an entry that changes and is good all the time", GRANTED
	  "race { d0 flags g0 5; d0 flags g0 1; d0 flags g0 5; d0 flags g0 1; d0 flags g0 5 |"
	  " d1 copy d0:g0+0 -> p1+0 len 8 }", {
		"d0 flags 0 d0 flags 0 d0 flags 0 d0 flags 0 d0 flags 0 | d1 copy okay",
		"d0 flags 0 d0 flags 0 d0 flags 0 d0 flags 0 d0 flags 0 | d1 copy general_error",
	} },
	{ "query is no end", GRANTED
	  "race { d0 query g0; d0 end_ref g0 | d1 map m0 from d0 g0 }", {
		"d0 query 0 d0 end_ref ended | d1 map general_error",
		"d0 query 0 d0 end_ref busy | d1 map okay",
		"d0 query 24 d0 end_ref busy | d1 map okay" } },
	{ "a map that fails late was there", "\nd0 grant g0 to d1 page missing\n"
	  "race { d0 query g0; d0 end_ref g0 | d1 map m0 from d0 g0 }", {
		"d0 query 0 d0 end_ref ended | d1 map bad_page",
		"d0 query 0 d0 end_ref ended | d1 map general_error",
		"d0 query 0 d0 end_ref busy | d1 map bad_page",
		"d0 query 24 d0 end_ref ended | d1 map bad_page",
		"d0 query 24 d0 end_ref busy | d1 map bad_page" } },
	{ "unmap and end", MAPPED "race { d1 unmap m0 | d0 end_ref g0; d0 end_ref g0 }", {
		"d1 unmap okay | d0 end_ref busy d0 end_ref busy",
		"d1 unmap okay | d0 end_ref busy d0 end_ref ended",
		"d1 unmap okay | d0 end_ref ended d0 end_ref -EINVAL" } },
	{ "unmaps flush together", "\nd0 grant g0 to d1 page p0\nd0 grant g1 to d1 page p1\n"
	  "d1 map m0 from d0 g0\nd1 map m1 from d0 g1\n"
	  "race { d1 batch unmap { m0; m1 } | d0 end_ref g1; d0 end_ref g0 }", {
		"d1 unmap okay d1 unmap okay | d0 end_ref busy d0 end_ref busy",
		"d1 unmap okay d1 unmap okay | d0 end_ref busy d0 end_ref ended",
		"d1 unmap okay d1 unmap okay | d0 end_ref ended d0 end_ref ended" } },
	{ "nothing is free before all is flushed",
	  "\nd0 grant g0 to d1 page p0\nd0 grant g1 to d1 page p1\nd0 write p1 +0 1\n"
	  "d1 map m0 from d0 g0\nd1 map m1 from d0 g1\n"
	  "race { d1 batch unmap { m0; m1 } | d0 end_ref g0; d0 write p1 +0 2 |"
	  " d1 read_map m1 +0 }", {
		"d1 unmap okay d1 unmap okay | d0 end_ref busy d0 write 0 | d1 read_map 1",
		"d1 unmap okay d1 unmap okay | d0 end_ref busy d0 write 0 | d1 read_map 2",
		"d1 unmap okay d1 unmap okay | d0 end_ref busy d0 write 0 |"
		" d1 read_map no mapping",
		"d1 unmap okay d1 unmap okay | d0 end_ref ended d0 write 0 | d1 read_map 1",
		"d1 unmap okay d1 unmap okay | d0 end_ref ended d0 write 0 |"
		" d1 read_map no mapping" } },
	{ "readonly is set, and a writer comes", GRANTED "d1 map m0 from d0 g0 ro\n"
	  "race { d0 flags g0 13 | d1 map m1 from d0 g0 }", {
		"d0 flags 0 | d1 map okay",
		"d0 flags 0 | d1 map general_error" } },
	{ "a pinned entry gets another frame", GRANTED "d1 map m0 from d0 g0 ro\n"
	  "race { d0 entry g0 flags 9 domid d1 frame p1 | d1 map m1 from d0 g0 ro }", {
		"d0 entry 0 | d1 map okay" } },
	{ "a pinned entry gets another frame, and a copy writes",
	  GRANTED "d1 map m0 from d0 g0 ro\n"
	  "race { d0 entry g0 flags 9 domid d1 frame p1 | d1 copy p0+0 -> d0:g0+0 len 8 }", {
		"d0 entry 0 | d1 copy okay",
		"d0 entry 0 | d1 copy general_error" } },
	{ "end of a transfer", "\nd0 accept g0 from d1 slot p1\n"
	  "race { d0 end_transfer g0 | d1 transfer p0 to d0 g0 }", {
		"d0 end_transfer nothing | d1 transfer general_error",
		"d0 end_transfer p1 | d1 transfer okay" } },
	{ "two transfers", "domains 3\nd0 accept g0 from d1 slot p1\n"
	  "race { d1 transfer p0 to d0 g0 | d1 transfer p1 to d0 g0 }", {
		"d1 transfer okay | d1 transfer general_error",
		"d1 transfer general_error | d1 transfer okay" } },
	{ "a granted page is sent", "domains 3\nd0 grant g0 to d2 page p0\n"
	  "d1 accept g0 from d0 slot p1\n"
	  "race { d0 transfer p0 to d1 g0 | d2 map m0 from d0 g0 }", {
		"d0 transfer okay | d2 map bad_page",
		"d0 transfer bad_page | d2 map okay" } },
	{ "a reference goes round", "\n" CLAIMED("g0")
	  "race { d0 grant_ref g0 to d1 page p0; d0 try_end g0 | d0 grant g1 to d1 page p1 }", {
		"d0 grant_ref 0 d0 try_end ended | d0 grant 8",
		"d0 grant_ref 0 d0 try_end ended | d0 grant 9" } },
	{ "two ends", GRANTED "race { d0 try_end g0 | d0 try_end g0 }", {
		"d0 try_end ended | d0 try_end -EINVAL",
		"d0 try_end -EINVAL | d0 try_end ended" } },
	{ "the table grows", "\nrace { d0 alloc c0 600 | d1 map m0 from d0 ref=512;"
	  " d1 map m1 from d0 ref=512 }", {
		"d0 alloc 0 | d1 map bad_gntref d1 map bad_gntref",
		"d0 alloc 0 | d1 map bad_gntref d1 map general_error",
		"d0 alloc 0 | d1 map general_error d1 map general_error" } },
	{ "a batch of copies keeps its source", GRANTED
	  "race { d1 batch copy { d0:g0+0 -> p0+0 len 8; d0:g0+8 -> p0+8 len 8 } |"
	  " d0 end_ref g0; d0 end_ref g0 }", {
		"d1 copy okay d1 copy okay | d0 end_ref busy d0 end_ref busy",
		"d1 copy okay d1 copy okay | d0 end_ref busy d0 end_ref ended",
		"d1 copy okay d1 copy okay | d0 end_ref ended d0 end_ref -EINVAL",
		"d1 copy general_error d1 copy general_error | d0 end_ref ended d0 end_ref -EINVAL",
	} },
	{ "two mappers", "domains 3" GRANTED
	  "race { d1 map m0 from d0 g0 | d2 map m0 from d0 g0 }", {
		"d1 map okay | d2 map general_error" } },
	{ "two mappers, and the entry names the second", "domains 3" MAPPED
	  "race { d1 unmap m0 | d0 entry g0 flags 9 domid d2 frame p0 |"
	  " d2 map m0 from d0 g0 }", {
		"d1 unmap okay | d0 entry 0 | d2 map general_error",
		"d1 unmap okay | d0 entry 0 | d2 map okay" } },
	{ "two unmaps", MAPPED "race { d1 unmap m0 | d1 unmap m0 }", {
		"d1 unmap okay | d1 unmap bad_handle",
		"d1 unmap bad_handle | d1 unmap okay" } },
	{ "a handle comes back", MAPPED
	  "race { d1 unmap m0; d1 map m1 from d0 g0 | d1 unmap m0 }", {
		"d1 unmap okay d1 map okay | d1 unmap bad_handle",
		"d1 unmap okay d1 map okay | d1 unmap general_error",
		"d1 unmap bad_handle d1 map okay | d1 unmap okay" } },
	{ "swap and map", GRANTED "race { d0 swap g0 g1 | d1 map m0 from d0 g0;"
	  " d1 map m1 from d0 g1 }", {
		"d0 swap okay | d1 map general_error d1 map okay",
		"d0 swap eagain | d1 map okay d1 map general_error" } },
	{ "swap and a map of the other entry", GRANTED "d0 grant g1 to d1 page p1\n"
	  "d0 write p0 +0 1\nd0 write p1 +0 2\n"
	  "race { d0 swap g0 g1 | d1 map m0 from d0 g1; d1 read_map m0 +0 }", {
		"d0 swap okay | d1 map okay d1 read_map 1",
		"d0 swap eagain | d1 map okay d1 read_map 2" } },
	{ "what the mapper wrote is there once access is ended, on Arm", "arm 1\nd0 write p0 +0 1\n"
	  "d0 grant g0 to d1 page p0\nd1 map m0 from d0 g0\n"
	  "race { d1 write_map m0 +0 2; d1 unmap m0 | d0 end_ref g0; d0 read p0 +0 }", {
		"d1 write_map 0 d1 unmap okay | d0 end_ref ended d0 read 2",
		"d1 write_map 0 d1 unmap okay | d0 end_ref busy d0 read 2",
		"d1 write_map 0 d1 unmap okay | d0 end_ref busy d0 read 1" } },
	{ "what the sender wrote is there once its page is, on Arm", "arm 1\nd0 write p0 +0 1\n"
	  "d0 grant g0 to d1 page p0\nd1 map m0 from d0 g0\nd0 accept g1 from d1 slot p1\n"
	  "race { d1 write_map m0 +0 2; d1 transfer p0 to d0 g1 |"
	  " d0 end_transfer g1; d0 read p0 +0 }", {
		"d1 write_map 0 d1 transfer okay | d0 end_transfer p1 d0 read 2",
		"d1 write_map 0 d1 transfer general_error | d0 end_transfer nothing d0 read 1",
		"d1 write_map 0 d1 transfer general_error | d0 end_transfer nothing d0 read 2" } },
	{ "a hypercall lets no store wait", "\nd0 write p0 +0 1\nd0 grant g0 to d1 page p0\n"
	  "d1 map m0 from d0 g0\nd0 grant g1 to d1 page p1\n"
	  "race { d0 flags g1 0; d0 query_size self; d0 read p0 +0 |"
	  " d1 write_map m0 +0 2; d1 map m1 from d0 g1 }", {
		"d0 flags 0 d0 query_size okay d0 read 1 | d1 write_map 0 d1 map general_error",
		"d0 flags 0 d0 query_size okay d0 read 2 | d1 write_map 0 d1 map general_error",
		"d0 flags 0 d0 query_size okay d0 read 2 | d1 write_map 0 d1 map okay" } },
	{ "nor does a store into a page", "\nd0 write p0 +0 1\nd0 grant g0 to d1 page p0\n"
	  "d1 map m0 from d0 g0\nd0 grant g1 to d1 page p1\n"
	  "race { d0 flags g1 0; d0 write p1 +0 3; d0 read p0 +0 |"
	  " d1 write_map m0 +0 2; d1 map m1 from d0 g1 }", {
		"d0 flags 0 d0 write 0 d0 read 1 | d1 write_map 0 d1 map general_error",
		"d0 flags 0 d0 write 0 d0 read 2 | d1 write_map 0 d1 map general_error",
		"d0 flags 0 d0 write 0 d0 read 2 | d1 write_map 0 d1 map okay" } },
	{ "an end that is refused orders nothing, on Arm", "arm 1\nd0 write p0 +0 1\n"
	  "d0 grant g0 to d1 page p0\nd1 map m0 from d0 g0\nd0 grant g1 to d1 page p1\n"
	  "race { d0 end_ref g1; d0 read p0 +0 | d1 write_map m0 +0 2; d1 map m1 from d0 g1 }", {
		"d0 end_ref ended d0 read 1 | d1 write_map 0 d1 map general_error",
		"d0 end_ref ended d0 read 2 | d1 write_map 0 d1 map general_error",
		"d0 end_ref busy d0 read 2 | d1 write_map 0 d1 map okay",
		"d0 end_ref busy d0 read 1 | d1 write_map 0 d1 map okay" } },
	{ "an end that is refused orders nothing, but on x86", "\nd0 write p0 +0 1\n"
	  "d0 grant g0 to d1 page p0\nd1 map m0 from d0 g0\nd0 grant g1 to d1 page p1\n"
	  "race { d0 end_ref g1; d0 read p0 +0 | d1 write_map m0 +0 2; d1 map m1 from d0 g1 }", {
		"d0 end_ref ended d0 read 1 | d1 write_map 0 d1 map general_error",
		"d0 end_ref ended d0 read 2 | d1 write_map 0 d1 map general_error",
		"d0 end_ref busy d0 read 2 | d1 write_map 0 d1 map okay" } },
	{ "a grant is seen late", "\n" CLAIMED("g1") "d0 grant g0 to d1 page p0\n"
	  "d1 map m0 from d0 g0\nd0 write p0 +0 1\n"
	  "race { d0 grant_ref g1 to d1 page p1; d0 read p0 +0 |"
	  " d1 write_map m0 +0 2; d1 map m1 from d0 g1 }", {
		"d0 grant_ref 0 d0 read 1 | d1 write_map 0 d1 map okay",
		"d0 grant_ref 0 d0 read 2 | d1 write_map 0 d1 map okay",
		"d0 grant_ref 0 d0 read 2 | d1 write_map 0 d1 map general_error",
		"d0 grant_ref 0 d0 read 1 | d1 write_map 0 d1 map general_error" } },
};

const unsigned int n_race_cases = sizeof race_cases / sizeof *race_cases;

const struct race_case race_machine_cases[] = {
	{ "a wait runs out, of a transfer that has begun", "\nd0 accept g0 from d1 slot p1\n"
	  "race { d0 end_transfer g0 | d1 transfer p0 to d0 g0 }", {
		"d0 end_transfer nothing | d1 transfer general_error",
		"d0 end_transfer p1 | d1 transfer okay",
		"d0 end_transfer -EAGAIN | d1 transfer okay" } },
	{ "a batch is done in two parts, and nothing is kept between them", GRANTED
	  "race { d1 batch copy { d0:g0+0 -> p0+0 len 8; d0:g0+8 -> p0+8 len 8 } |"
	  " d0 end_ref g0 }", {
		"d1 copy okay d1 copy okay | d0 end_ref busy",
		"d1 copy okay d1 copy okay | d0 end_ref ended",
		"d1 copy okay d1 copy general_error | d0 end_ref ended",
		"d1 copy general_error d1 copy general_error | d0 end_ref ended" } },
};

const unsigned int n_race_machine_cases =
	sizeof race_machine_cases / sizeof *race_machine_cases;
