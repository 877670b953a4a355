/* The loops of a query: which posts match, where its words stand in the best of them, what that is worth and what is
   marked. `retrieval` has each in NumPy, too; both give the same to the last bit: all is added in the order of the
   Python code, and floats are not contracted (-ffp-contract=off). A number of an index is checked before it is used as
   one; OUT_OF_BOUNDS says that one was wrong. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { OUT_OF_BOUNDS = -1, OUT_OF_MEMORY = -2, SOME_COPIED = -3 };

/* A test compares them with those of the Python code. */
static const double K1 = 1.2, NEARLY_WHOLE = 0.7;
enum { CLAUSE_BITS = 6, WORDS_BITS = 6, LEAF_BITS = 16, POSITION_SHIFT = CLAUSE_BITS + WORDS_BITS + LEAF_BITS };
enum { BEGINNING_WORDS = 50, MAX_OCCURRENCES = 50, MAX_CLAUSES = 64 };

/* Numbers of 1, 2, 4 or 8 bytes: without a sign, but for those of 8 bytes; or floats of 4 bytes. */
typedef struct { const void *data; int64_t size, width; } Array;

/* The arrays of a segment, in the order of TABLE in __init__.py, which also has the widths of those that are read by
   their type. */
typedef struct {
    Array posting_at, posting_doc, posting_weight, position_at, position, doc_at, doc_language, doc_when, doc_title_sum;
    Array run_at, run_field, run_size, run_section, frequency, weight_short, weight_text, norm, path_order, alive;
    Array token, block_end, wide_at, wide_gap, wide_length;
} Segment;

#define NUMBERS(array, type) ((const type *)(array).data)
#define ALWAYS_INLINE static inline __attribute__((always_inline))

static inline int64_t get(const Array *array, int64_t at) {
    switch (array->width) {
    case 1: return NUMBERS(*array, uint8_t)[at];
    case 2: return NUMBERS(*array, uint16_t)[at];
    case 4: return NUMBERS(*array, uint32_t)[at];
    default: return NUMBERS(*array, int64_t)[at];
    }
}

static inline int has(const Array *array, int64_t at) { return at >= 0 && at < array->size; }
static inline int64_t at_most(int64_t value, int64_t most) { return value < most ? value : most; }

/* The index of the first number from `low` on that is above a value; the numbers ascend. */
ALWAYS_INLINE int64_t upper_bound(const Array *array, int64_t low, int64_t value) {
    int64_t high = low, step = 1;
    while (high < array->size && get(array, high) <= value) {
        low = high + 1;
        high = low + step;
        step *= 2;
    }
    for (high = at_most(high, array->size); low < high;) {
        int64_t middle = low + (high - low) / 2;
        if (get(array, middle) <= value) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* --- Matching and scoring: `boolean` and `terms` ----------------------------------------------------------------- */
/* Posts, ascending, with a number for each: that of its weight, its frequency, its score, or none; the ceiling of a score,
   or what frequencies are multiplied by; and how often a score counts. */
enum { WEIGHTS, FREQUENCIES, SCORES, NOTHING };
typedef struct { Array docs, values; int64_t kind; double factor, times; } List;

/* See `Segment.tf`; below 0 for a weight that is none. */
static inline float frequency_of(const Segment *segment, const List *list, int64_t at, int64_t doc) {
    if (list->kind == FREQUENCIES) return NUMBERS(list->values, float)[at];
    int64_t weight = get(&list->values, at);
    if (!has(&segment->weight_short, weight) || !has(&segment->weight_text, weight)) return -1;
    return NUMBERS(segment->weight_short, float)[weight]
        + NUMBERS(segment->weight_text, float)[weight] * NUMBERS(segment->norm, float)[doc];
}

/* See `Evaluation._scored`. */
static inline float score_of(const Segment *segment, const List *list, int64_t at, int64_t doc) {
    if (list->kind == NOTHING) return 0;
    if (list->kind == SCORES) return NUMBERS(list->values, float)[at];
    float tf = frequency_of(segment, list, at, doc);
    return tf < 0 ? -1 : tf * (float)list->factor / (tf + (float)K1);
}

static int are_sound(const Segment *segment, const List *lists, int64_t count) {
    for (int64_t n = 0; n < count; n++)
        if (lists[n].kind != NOTHING && lists[n].values.size < lists[n].docs.size) return 0;
    return !segment->alive.data || segment->alive.size >= segment->norm.size;
}

static inline int is_alive(const Segment *segment, int64_t doc) {
    return !segment->alive.data || NUMBERS(segment->alive, uint8_t)[doc];
}

/* Add up what lists give each post that is alive: frequencies times their factors, in floats (`terms.add_up_parts`) or
   in doubles (`terms.add_up`), or scores, each as often as its clause is repeated (`Evaluation._or`). */
enum { IN_FLOATS, IN_DOUBLES, AS_SCORES };
int64_t add_up(const Segment *segment, const List *lists, int64_t count, int64_t how, int64_t *docs, float *values) {
    int64_t size = segment->norm.size, found = 0;
    uint8_t *seen = calloc((size_t)size + 1, 1);
    double *total = calloc((size_t)size + 1, sizeof(double));
    if (!seen || !total || !are_sound(segment, lists, count)) found = seen && total ? OUT_OF_BOUNDS : OUT_OF_MEMORY;
    for (int64_t n = 0; n < count && found >= 0; n++) {
        const List list = lists[n];
        for (int64_t at = 0; at < list.docs.size; at++) {
            int64_t doc = get(&list.docs, at);
            float value = !has(&segment->norm, doc) ? -1 : how == AS_SCORES ? score_of(segment, &list, at, doc)
                                                                           : frequency_of(segment, &list, at, doc);
            if (value < 0) { found = OUT_OF_BOUNDS; break; }
            value *= how == AS_SCORES ? (float)list.times : (float)list.factor;
            total[doc] = how == IN_DOUBLES ? total[doc] + value : (double)((float)total[doc] + value);
            seen[doc] = 1;
        }
    }
    for (int64_t doc = 0; doc < size && found >= 0; doc++) {
        if (!seen[doc] || !is_alive(segment, doc) || (how == IN_DOUBLES && !(total[doc] > 0))) continue;
        docs[found] = doc;
        values[found++] = (float)total[doc];
    }
    return free(seen), free(total), found;
}

/* The posts that all lists have and none of those excluded, which come last; scores are added in the order of the
   lists: `Evaluation._and`. */
int64_t match_all(const Segment *segment, const List *lists, int64_t wanted, int64_t excluded, int64_t *docs, float *scores) {
    if (!are_sound(segment, lists, wanted + excluded)) return OUT_OF_BOUNDS;
    int64_t found = lists[0].docs.size;
    for (int64_t n = 0; n < found; n++) docs[n] = get(&lists[0].docs, n);
    memset(scores, 0, found * sizeof(float));
    for (int64_t number = 0; number < wanted + excluded; number++) {
        const List list = lists[number];
        int64_t at = 0, kept = 0;
        for (int64_t n = 0; n < found; n++) {
            int64_t doc = docs[n];
            if (!has(&segment->norm, doc)) return OUT_OF_BOUNDS;
            at = number ? upper_bound(&list.docs, at, doc - 1) : n;
            int is_there = at < list.docs.size && get(&list.docs, at) == doc;
            if (is_there != (number < wanted)) continue;
            float score = number < wanted ? score_of(segment, &list, at, doc) : 0;
            if (score < 0 && list.kind != SCORES) return OUT_OF_BOUNDS;
            docs[kept] = doc;
            scores[kept++] = scores[n] + score;
        }
        found = kept;
    }
    return found;
}

/* --- Places: `places`, `positions` and `terms` ------------------------------------------------------------------- */
/* Terms whose places are those of a leaf, in posts of all languages or of those with a mark. */
typedef struct { int64_t first, last; Array languages; } Member;

/* A leaf: its terms; positions, ascending, at which it was found before; the posts that have it as it is typed; how many
   words it takes; and the number of its clause. */
typedef struct { const Member *members; int64_t count; Array stands, typed; int64_t width, clause; } Leaf;

/* The lower bits of the keys of a leaf: `places.details_of`. */
static uint64_t detail_of(const Leaf *leaf, int64_t number) {
    int64_t clause = at_most(leaf->clause, (1 << CLAUSE_BITS) - 1), words = at_most(leaf->width, (1 << WORDS_BITS) - 1);
    return (uint64_t)((clause << WORDS_BITS | words) << LEAF_BITS | number);
}

/* Keys of places, post by post, and as much room for sorting them; and where those of each post end, from the post before
   the first on. While they are counted, there is no block. */
typedef struct { uint64_t *block; int64_t size, *ends; } Keys;

/* The postings of terms that follow each other: which is next, where they end, and where the positions of the next begin. */
typedef struct { int64_t at, last, position; } Postings;

static int open_postings(const Segment *segment, int64_t term, int64_t last, Postings *postings) {
    if (term < 0 || term > last || !has(&segment->posting_at, last) || !has(&segment->position_at, term)) return OUT_OF_BOUNDS;
    postings->at = NUMBERS(segment->posting_at, uint32_t)[term];
    postings->last = NUMBERS(segment->posting_at, uint32_t)[last];
    postings->position = NUMBERS(segment->position_at, uint32_t)[term];
    return postings->last > segment->posting_doc.size || postings->last > segment->posting_weight.size ? OUT_OF_BOUNDS : 0;
}

/* The number of positions of the next posting, which is gone past; below 0 if its weight is none. */
static inline int64_t next_count(const Segment *segment, Postings *postings) {
    int64_t weight = get(&segment->posting_weight, postings->at++);
    if (!has(&segment->frequency, weight)) return OUT_OF_BOUNDS;
    int64_t count = NUMBERS(segment->frequency, int32_t)[weight];
    postings->position += count;
    return count;
}

/* Count the places of a member in the posts, which are numbered from 1, or write their keys: `read_occurrences`. */
static int collect(const Segment *segment, const Member *member, uint64_t detail, const uint32_t *number, Keys *keys) {
    const Array docs = segment->posting_doc, *languages = member->languages.data ? &member->languages : 0;
    Postings postings;
    if (open_postings(segment, member->first, member->last, &postings)) return OUT_OF_BOUNDS;
    while (postings.at < postings.last) {
        int64_t doc = get(&docs, postings.at), from = postings.position, count = next_count(segment, &postings);
        if (!has(&segment->norm, doc) || count < 0) return OUT_OF_BOUNDS;
        if (!number[doc]) continue;
        int64_t language = NUMBERS(segment->doc_language, uint16_t)[doc], *end = &keys->ends[number[doc]];
        if (from + count > segment->position.size || (languages && !has(languages, language))) return OUT_OF_BOUNDS;
        if (languages && !get(languages, language)) continue;
        uint64_t begin = NUMBERS(segment->doc_at, uint32_t)[doc];
        for (int64_t at = from; keys->block && at < from + count; at++)
            keys->block[*end + at - from] = (begin + (uint64_t)get(&segment->position, at)) << POSITION_SHIFT | detail;
        *end += count;
    }
    return 0;
}

/* Count the places of a leaf, or write their keys. */
static int collect_leaf(const Segment *segment, const Leaf *leaf, uint64_t detail, const uint32_t *number, Keys *keys) {
    for (int64_t n = 0; n < leaf->count; n++)
        if (collect(segment, &leaf->members[n], detail, number, keys)) return OUT_OF_BOUNDS;
    for (int64_t at = 0, next = 0; at < leaf->stands.size; at++) {
        uint64_t position = (uint64_t)get(&leaf->stands, at);
        next = upper_bound(&segment->doc_at, next, (int64_t)position);
        if (next < 1 || next > segment->norm.size) return OUT_OF_BOUNDS;
        int64_t *end = &keys->ends[number[next - 1]];
        if (number[next - 1] && keys->block) keys->block[*end] = position << POSITION_SHIFT | detail;
        *end += number[next - 1] > 0;
    }
    return 0;
}

/* Sort keys, which consist of ascending runs: each half, then both from the end on. */
static void sort(uint64_t *keys, uint64_t *spare, int64_t size) {
    int64_t left = 1, right, to = size;
    while (left < size && keys[left - 1] <= keys[left]) left++;
    if (left >= size) return;
    if (left < size / 2) sort(keys, spare, left = size / 2);
    sort(keys + left, spare, right = size - left);
    memcpy(spare, keys + left, (size_t)right * sizeof(uint64_t));
    while (right) keys[--to] = left && keys[left - 1] > spare[right - 1] ? keys[--left] : spare[--right];
}

/* Find the places of leaves in ascending posts as sorted keys; `block` and `ends` have to be freed, also after an error. */
static int collect_all(const Segment *segment, const Leaf *leaves, int64_t leaf_count, const int64_t *docs, int64_t doc_count,
                       Keys *keys) {
    int64_t size = segment->norm.size;
    uint32_t *number = calloc((size_t)size + 1, sizeof(uint32_t));
    keys->ends = calloc((size_t)doc_count + 1, sizeof(int64_t));
    int is_short = segment->doc_at.size < size || segment->doc_language.size < size;
    int error = !number || !keys->ends ? OUT_OF_MEMORY : is_short ? OUT_OF_BOUNDS : 0;
    for (int64_t n = 0; n < doc_count && !error; n++)
        if (!(error = has(&segment->norm, docs[n]) ? 0 : OUT_OF_BOUNDS)) number[docs[n]] = (uint32_t)n + 1;
    for (int is_counted = 0; is_counted < 2 && !error; is_counted++) {
        for (int64_t n = 0; n < leaf_count && !error; n++)
            error = collect_leaf(segment, &leaves[n], detail_of(&leaves[n], n), number, keys);
        for (int64_t n = 1, count; n <= doc_count && !is_counted; n++)
            count = keys->ends[n], keys->ends[n] = keys->size, keys->size += count;
        if (!is_counted && !(keys->block = malloc(((size_t)keys->size * 2 + 1) * sizeof(uint64_t)))) error = OUT_OF_MEMORY;
    }
    for (int64_t n = 0; n < doc_count && !error; n++)
        sort(keys->block + keys->ends[n], keys->block + keys->size, keys->ends[n + 1] - keys->ends[n]);
    return free(number), error;
}

static inline int64_t position_of(uint64_t key) { return (int64_t)(key >> POSITION_SHIFT); }
static inline int64_t words_of(uint64_t key) { return (int64_t)(key >> LEAF_BITS & ((1 << WORDS_BITS) - 1)); }
static inline int64_t leaf_of(uint64_t key) { return (int64_t)(key & ((1 << LEAF_BITS) - 1)); }

/* Keys, those of a post among them, and the run that the last of these was in. */
typedef struct { Array keys; int64_t begin, end, run, run_end; } Places;

/* Go on to the run of a position. */
static int next_run(const Segment *segment, Places *places, int64_t position) {
    if (position < places->run_end) return 0;
    const Array runs = {segment->run_at.data, segment->run_at.size, sizeof(uint32_t)};
    int64_t next = upper_bound(&runs, places->run, position);
    places->run = next - 1;
    places->run_end = next < segment->run_at.size ? get(&segment->run_at, next) : INT64_MAX;
    int are_there = segment->run_size.size >= next && segment->run_section.size >= next;
    return are_there && has(&segment->run_field, next - 1) ? 0 : OUT_OF_BOUNDS;
}

/* Terms that stand next to each other, the rarest of them, in a field or, below 0, in any; and what a place counts in
   each field, times the norm of the post or as it is. */
typedef struct { const int64_t *terms; int64_t count, rarest, field; const double *normed, *plain; int64_t fields; } Phrase;

/* Check whether the other terms stand where they have to, beside one place of the rarest; `at` has where each goes on. */
static int stands_at(const Segment *segment, const Phrase *phrase, const int64_t *end, int64_t *at, int64_t start) {
    for (int64_t n = 0; n < phrase->count; n++) {
        if (n == phrase->rarest) continue;
        while (at[n] < end[n] && get(&segment->position, at[n]) < start + n) at[n]++;
        if (at[n] == end[n] || get(&segment->position, at[n]) != start + n) return 0;
    }
    return 1;
}

/* Find where terms stand next to each other, and add up what that is worth in the posts that are alive:
   `terms._in_order` and `terms._of_positions`. `found` gets the numbers of places and of posts. */
int64_t find_phrase(const Segment *segment, const Phrase *phrase, uint32_t *stands, int64_t *docs, float *values, int64_t *found) {
    Postings all[MAX_CLAUSES], *rarest = &all[phrase->rarest];
    int64_t at[MAX_CLAUSES], end[MAX_CLAUSES], room = found[0], posts = 0, size = 0;
    Places places = {0};
    for (int64_t n = 0; n < phrase->count; n++)
        if (open_postings(segment, phrase->terms[n], phrase->terms[n] + 1, &all[n])) return OUT_OF_BOUNDS;
    while (rarest->at < rarest->last) {
        int64_t doc = get(&segment->posting_doc, rarest->at), are_there = 1;
        double total = 0;
        if (!has(&segment->norm, doc) || !has(&segment->doc_at, doc)) return OUT_OF_BOUNDS;
        for (int64_t n = 0; n < phrase->count; n++) {
            while (all[n].at < all[n].last && get(&segment->posting_doc, all[n].at) < doc)
                if (next_count(segment, &all[n]) < 0) return OUT_OF_BOUNDS;
            at[n] = all[n].position;
            if (all[n].at == all[n].last || get(&segment->posting_doc, all[n].at) != doc) are_there = 0;
            else if (next_count(segment, &all[n]) < 0 || all[n].position > segment->position.size) return OUT_OF_BOUNDS;
            end[n] = all[n].position;
        }
        int64_t begin = NUMBERS(segment->doc_at, uint32_t)[doc], of = phrase->rarest;
        for (int64_t place = at[of]; are_there && place < end[of]; place++) {
            int64_t start = get(&segment->position, place) - of;
            if (!stands_at(segment, phrase, end, at, start)) continue;
            if (size == room || next_run(segment, &places, begin + start)) return OUT_OF_BOUNDS;
            int64_t field = NUMBERS(segment->run_field, uint8_t)[places.run];
            if (field >= phrase->fields) return OUT_OF_BOUNDS;
            if (phrase->field >= 0 && phrase->field != field) continue;
            stands[size++] = (uint32_t)(begin + start);
            total += phrase->normed[field] * NUMBERS(segment->norm, float)[doc] + phrase->plain[field];
        }
        if (total > 0 && is_alive(segment, doc)) docs[posts] = doc, values[posts++] = (float)total;
    }
    found[0] = size, found[1] = posts;
    return 0;
}

/* --- Measures: `occurrences` and `rescoring` --------------------------------------------------------------------- */
/* The columns of what is measured, in the order in which it is added up. */
enum { NAMED, TITLE, HEADING, ADDRESS, BEGINNING, SECTION, REPEATED, ORDER, NAME_ORDER, EXACT, CODE, TAGS, MEASURES };
static const int NAMES[] = {TITLE, HEADING, ADDRESS, TAGS};

typedef struct { int64_t title, headings, address, tags, code; } Fields;
/* What is looked for: how many leaves and clauses; the sum of the title that is named, if any is; the most that BM25F can
   give; which part of it each of MEASURES is worth; the share of each clause; and, behind these, the leaves. */
typedef struct {
    int64_t leaf_count, clauses, is_titled; uint64_t title;
    double highest; Fields fields; double worth[MEASURES], share[];
} Asked;

static inline const Leaf *leaves_of(const Asked *asked) { return (const Leaf *)(asked->share + asked->clauses); }
static inline void keep_larger(double *largest, double value) { *largest = value > *largest ? value : *largest; }

static double covered(const Asked *asked, uint64_t seen) {
    double sum = 0;
    for (int64_t clause = 0; clause < asked->clauses; clause++)
        if (seen >> clause & 1) sum += asked->share[clause];
    return sum;
}

static double saturated(const Asked *asked, const int64_t *frequencies) {
    double sum = 0;
    for (int64_t clause = 0; clause < asked->clauses; clause++)
        sum += (double)frequencies[clause] / ((double)frequencies[clause] + K1) * asked->share[clause];
    return sum;
}

/* Reward a post with how close the query is to one of its names: `rescoring._closest`. */
static void measure_name(const Asked *asked, int64_t field, uint64_t seen, int64_t words, int64_t size, double *row) {
    const int64_t *names = &asked->fields.title;
    for (int n = 0; n < 4; n++) {
        if (names[n] != field) continue;
        double recall = covered(asked, seen), precision = (double)at_most(words, size) / (double)size;
        keep_larger(&row[NAMES[n]], 2 * recall * precision / (recall + precision));
    }
}

/* Measure a post by its places: all but NAMED and EXACT. */
static int measure_post(const Segment *segment, const Asked *asked, Places *places, int64_t doc, double *row) {
    const uint64_t *keys = places->keys.data;
    const Leaf *leaves = leaves_of(asked);
    uint64_t beginning = 0, code = 0, order = 0, in_name = 0, of_section = 0;
    int64_t frequencies[MAX_CLAUSES], text_end = get(&segment->doc_at, doc) + BEGINNING_WORDS;
    memset(frequencies, 0, (size_t)asked->clauses * sizeof(int64_t));
    for (int64_t at = places->begin; at < places->end;) {
        uint64_t of_run = 0, after_clause = 0;
        int64_t words = 0;
        if (next_run(segment, places, position_of(keys[at]))) return OUT_OF_BOUNDS;
        int64_t field = NUMBERS(segment->run_field, uint8_t)[places->run], size = NUMBERS(segment->run_size, int32_t)[places->run];
        int64_t section = NUMBERS(segment->run_section, int32_t)[places->run];
        for (; at < places->end && position_of(keys[at]) < places->run_end; at++) {
            int64_t position = position_of(keys[at]), clause = leaves[leaf_of(keys[at])].clause;
            uint64_t bit = 1ull << clause;
            if (position < text_end) beginning |= bit;
            if (at + 1 < places->keys.size && position + words_of(keys[at]) == position_of(keys[at + 1])
                && clause + 1 == leaves[leaf_of(keys[at + 1])].clause)
                after_clause |= bit;
            of_run |= bit;
            words += words_of(keys[at]);
            frequencies[clause]++;
        }
        if (field == asked->fields.code) code |= of_run;
        order |= after_clause;
        if (field == asked->fields.title || field == asked->fields.headings) in_name |= after_clause;
        measure_name(asked, field, of_run, words, size, row);
        of_section |= of_run;
        if (at < places->end && next_run(segment, places, position_of(keys[at]))) return OUT_OF_BOUNDS;
        if (at == places->end || NUMBERS(segment->run_section, int32_t)[places->run] != section) {
            keep_larger(&row[SECTION], covered(asked, of_section));
            keep_larger(&row[REPEATED], saturated(asked, frequencies));
            of_section = 0;
            memset(frequencies, 0, (size_t)asked->clauses * sizeof(int64_t));
        }
    }
    row[BEGINNING] = covered(asked, beginning);
    row[CODE] = covered(asked, code);
    double pairs = asked->clauses > 1 ? (double)(asked->clauses - 1) : 1;
    row[ORDER] = (double)__builtin_popcountll(order) / pairs;
    row[NAME_ORDER] = (double)__builtin_popcountll(in_name) / pairs;
    return 0;
}

/* A post of a segment, its date and the place of its path, what BM25F gives it, its score, and what rewards add to that. */
typedef struct { int64_t segment, doc, when, path; double frequency, score, rewards[MEASURES]; } Ranked;

/* A segment by its number; which of its posts have the text of others; and how many lists are wanted and excluded. */
typedef struct { int64_t number; const Segment *segment; const uint8_t *is_copied; int64_t wanted, excluded; } Part;
/* How many segments are searched; how many posts have to be found, and how many are ranked; which ranks are asked for; and
   where posts, their scores, their number in each segment and those of the ranks go. */
typedef struct { int64_t parts, least, limit, first, last, *docs; float *scores; int64_t *counts; Ranked *page; } Call;

/* Reward ascending posts of a segment for where the query stands in them. */
static int reward(const Part *part, const Asked *asked, const Leaf *leaves, const Keys *keys, Ranked *rows, int64_t count) {
    const Segment *segment = part->segment;
    const Leaf *typed[MAX_CLAUSES];  /* What was typed comes before its variants. */
    int64_t typed_at[MAX_CLAUSES] = {0};
    for (const Leaf *leaf = leaves + asked->leaf_count; leaf-- > leaves;) typed[leaf->clause] = leaf;
    Places places = {{keys->block, keys->size, sizeof(uint64_t)}, 0, 0, 0, 0};
    for (Ranked *post = rows; post < rows + count; post++) {
        uint64_t as_typed = 0;
        double *row = post->rewards;
        places.begin = places.end, places.end = keys->ends[post - rows + 1];
        if (!has(&segment->doc_when, post->doc) || measure_post(segment, asked, &places, post->doc, row)) return OUT_OF_BOUNDS;
        for (int64_t clause = 0; clause < asked->clauses; clause++) {
            const Array *having = &typed[clause]->typed;
            int64_t at = typed_at[clause] = upper_bound(having, typed_at[clause], post->doc - 1);
            if (at < having->size && get(having, at) == post->doc) as_typed |= 1ull << clause;
        }
        row[NAMED] = asked->is_titled && NUMBERS(segment->doc_title_sum, uint64_t)[post->doc] == asked->title;
        row[EXACT] = covered(asked, as_typed);
        keep_larger(&row[HEADING], (row[TITLE] - NEARLY_WHOLE) / (1 - NEARLY_WHOLE));
        post->segment = part->number, post->score = post->frequency;
        post->when = get(&segment->doc_when, post->doc), post->path = get(&segment->path_order, post->doc);
        for (int column = 0; column < MEASURES; column++)
            post->score += row[column] *= (double)(float)(asked->highest * asked->worth[column]);
    }
    return 0;
}

/* Take the posts with the largest scores, of equal ones the first by path, ascending: `selection.select_top`. Floats
   are in the order of their bits: scores with a sign, of posts that are ranked in any case, come first. */
static int take_best(const Call *call, const Part *parts, int64_t count, int64_t limit, uint64_t *keys, Ranked *rows) {
    uint64_t least = 0;
    for (int64_t part = 0, n = 0, end = 0; part < call->parts; part++)
        for (end += call->counts[part]; n < end; n++) {
            uint32_t bits;
            if (!has(&parts[part].segment->path_order, call->docs[n])) return OUT_OF_BOUNDS;
            memcpy(&bits, &call->scores[n], sizeof bits);
            keys[n] = (uint64_t)bits << 32 | (uint32_t)~NUMBERS(parts[part].segment->path_order, int64_t)[call->docs[n]];
        }
    for (uint64_t bit = 1ull << 63, above = count; bit && above > (uint64_t)limit; bit >>= 1) {
        uint64_t more = 0;
        for (int64_t n = 0; n < count; n++) more += keys[n] >= (least | bit);
        if (more >= (uint64_t)limit) least |= bit, above = more;
    }
    for (int64_t part = 0, n = 0, end = 0, size = 0; part < call->parts; part++)
        for (end += call->counts[part]; n < end && size < limit; n++)
            if (keys[n] >= least) rows[size++] = (Ranked){.segment = part, .doc = call->docs[n], .frequency = __builtin_fabsf(call->scores[n])};
    return 0;
}

static inline int is_before(const Ranked *one, const Ranked *other) {
    if (one->score != other->score) return one->score > other->score;
    return one->when != other->when ? one->when > other->when : one->path < other->path;
}

/* Rank the posts with the largest scores once more, by rewards, and give those of some ranks, best first; equals by date,
   then by path: `occurrences.rewarded` and `selection.best_first`. */
static int rank(const Call *call, const Part *parts, const Asked *asked, int64_t count) {
    int64_t size = at_most(count, call->limit), last = at_most(call->last, size), found = 0;
    Ranked *rows = malloc((size_t)size * (sizeof(Ranked) + sizeof(Ranked *)) + (size_t)count * sizeof(uint64_t) + 1);
    const Ranked **chosen = (const Ranked **)(rows + size);
    int64_t *docs = (int64_t *)(chosen + size);
    int error = rows ? take_best(call, parts, count, size, (uint64_t *)docs, rows) : OUT_OF_MEMORY;
    for (int64_t first = 0, end = 0, part; first < size && !error; first = end) {
        Keys keys = {0};
        for (part = rows[first].segment; end < size && rows[end].segment == part; end++) docs[end] = rows[end].doc;
        const Leaf *leaves = leaves_of(asked) + part * asked->leaf_count;
        error = collect_all(parts[part].segment, leaves, asked->leaf_count, docs + first, end - first, &keys);
        if (!error) error = reward(&parts[part], asked, leaves, &keys, rows + first, end - first);
        free(keys.block), free(keys.ends);
    }
    for (int64_t n = 0, low = 0; n < size && last && !error; n++, low = 0) {
        if (found == last && !is_before(&rows[n], chosen[last - 1])) continue;
        for (int64_t high = found, middle; low < high;)
            if (is_before(&rows[n], chosen[middle = (low + high) / 2])) high = middle;
            else low = middle + 1;
        found += found < last;
        memmove(&chosen[low + 1], &chosen[low], (size_t)(found - 1 - low) * sizeof(Ranked *));
        chosen[low] = &rows[n];
    }
    for (int64_t n = call->first; n < last && !error; n++) call->page[n - call->first] = *chosen[n];
    return free(rows), error;
}

/* Find the posts of lists in each segment as `match_all` does, and rank them where they are as many as asked and none has a
   copy; the number is SOME_COPIED less where one has. */
int64_t search(const Call *call, const Part *parts, const List *lists, const Asked *asked) {
    int64_t found = 0, copied = 0, error;
    for (const Part *part = parts; part < parts + call->parts; lists += part->wanted + part->excluded, part++) {
        int64_t *docs = call->docs + found, *count = &call->counts[part - parts];
        *count = match_all(part->segment, lists, part->wanted, part->excluded, docs, call->scores + found);
        if (*count < 0 || part->segment->doc_title_sum.size < part->segment->norm.size) return OUT_OF_BOUNDS;
        for (int64_t n = 0; n < *count && part->is_copied && !copied; n++) copied = part->is_copied[docs[n]];
        found += *count;
    }
    if (asked->clauses > MAX_CLAUSES || copied) return copied ? SOME_COPIED - found : OUT_OF_BOUNDS;
    return found >= call->least && (error = rank(call, parts, asked, found)) ? error : found;
}

/* --- Spans: `matches.PageOfSegment` and `offsets` ---------------------------------------------------------------- */
enum { BLOCK = 16, WIDE = 0xFF };
typedef struct { int64_t article, start, end, clause, run, code, leaf; } Span;
typedef struct { int64_t article, section, clause; } Headed;

/* What is marked of a leaf: how many words it takes, whether posts that have the query go without it, its clause, and
   the lengths between which a span is what is spelled there. */
typedef struct { int64_t width, is_part, clause, shortest, longest; } Marked;

/* The bounds of a token in its text: `offsets.unpack`. */
static int bounds_of(const Segment *segment, int64_t position, int64_t *start, int64_t *end) {
    if (!has(&segment->token, position) || !has(&segment->block_end, position / BLOCK)) return OUT_OF_BOUNDS;
    *end = get(&segment->block_end, position / BLOCK);
    for (int64_t at = position / BLOCK * BLOCK; at <= position; at++) {
        int64_t code = get(&segment->token, at), gap = (code >> 4) - 1, length = code & 15;
        if (code == WIDE) {
            int64_t wide = upper_bound(&segment->wide_at, 0, at - 1);
            if (!has(&segment->wide_gap, wide) || !has(&segment->wide_length, wide)) return OUT_OF_BOUNDS;
            gap = (int32_t)get(&segment->wide_gap, wide);
            length = get(&segment->wide_length, wide);
        }
        *start = *end + gap;
        *end = *start + length;
    }
    return 0;
}

/* Find what stands in the texts of ascending posts, ordered by start and leaf, and in their headings. `counted` gets the
   number of the latter, of spans that have no length of what is spelled there, and of places: with room for fewer than
   these, nothing is found. */
int64_t find_spans(const Segment *segment, const Leaf *leaves, const Marked *marked, int64_t leaf_count,
                   const Fields *fields, int64_t text_fields, const int64_t *docs, int64_t doc_count,
                   const uint8_t *is_complete, int64_t room, Span *spans, Headed *headed, int64_t *counted) {
    Keys keys = {0};
    int64_t *counts = malloc((size_t)(leaf_count + 1) * sizeof(int64_t));
    int64_t found = counts ? collect_all(segment, leaves, leaf_count, docs, doc_count, &keys) : OUT_OF_MEMORY;
    Places places = {0};
    counted[2] = keys.size;
    for (int64_t post = 0; post < doc_count && found >= 0 && keys.size <= room; post++) {
        memset(counts, 0, (size_t)leaf_count * sizeof(int64_t));
        int64_t first = found, title = upper_bound(&segment->run_at, 0, get(&segment->doc_at, docs[post])) - 1;
        if (!has(&segment->run_section, title)) found = OUT_OF_BOUNDS;
        for (int64_t at = keys.ends[post]; at < keys.ends[post + 1] && found >= 0; at++) {
            int64_t position = position_of(keys.block[at]), leaf = leaf_of(keys.block[at]), to = found;
            if (leaf >= leaf_count || next_run(segment, &places, position)) { found = OUT_OF_BOUNDS; break; }
            const Marked *own = &marked[leaf];
            int64_t field = get(&segment->run_field, places.run);
            if (own->is_part && is_complete[post]) continue;
            if (field == fields->headings) {
                int64_t number = get(&segment->run_section, places.run) - get(&segment->run_section, title) - 1;
                headed[counted[0]++] = (Headed){post, number, own->clause};
            }
            if (!(text_fields >> field & 1) || counts[leaf]++ >= MAX_OCCURRENCES) continue;
            Span span = {post, 0, 0, own->clause, places.run, field == fields->code, leaf};
            int64_t to_last = own->width - 1, last;
            if (bounds_of(segment, position, &span.start, &span.end)) { found = OUT_OF_BOUNDS; break; }
            if (to_last && bounds_of(segment, position + to_last, &last, &span.end)) { found = OUT_OF_BOUNDS; break; }
            counted[1] += span.end - span.start < own->shortest || span.end - span.start > own->longest;
            for (; to > first && spans[to - 1].start >= span.start; to--) {
                if (spans[to - 1].start == span.start && spans[to - 1].leaf <= leaf) break;
                spans[to] = spans[to - 1];
            }
            spans[to] = span;
            found++;
        }
    }
    return free(counts), free(keys.block), free(keys.ends), found;
}

/* --- Windows: `sections` and `windows` --------------------------------------------------------------------------- */
static const double IN_WINDOW = 0.5, BEGUN = 0.25, DETAIL = -0.5, LIGHT = 0.05;
enum { DETAIL_LEVEL = 4, PASSAGE_LENGTH = 240, WINDOW_LENGTH = 120, WHOLE = 1073741824 };

/* The sections of an article: where they begin, then their levels; those with a title; and what is chosen of them. */
typedef struct { const int64_t *start, *titled; const double *rarity; int64_t sections, titles; } Outline;
typedef struct { int64_t section, first, last, start, others; } Chosen;
/* Articles, the spans in them, what stands in headings and how many words those have, and what all is weighed by. */
typedef struct {
    const Outline *outlines; const double *weights; const Span *spans; const Headed *headed; const int64_t *words;
    int64_t articles, clauses, span_count, headed_count; double code_part, of_heading;
} Page;
/* A section; how often it has a clause; and in how many sections and spans of a window a clause is. */
typedef struct { double worth, words; int64_t number, held, first, last; } Section;
typedef struct { double frequency, headed, begun; } Cell;
typedef struct { double weight; int64_t whole, having, inside; } Clause;

/* Count the clauses in the sections of an article, which each have a row of cells. */
static int tally(const Page *page, int64_t article, int64_t *span, int64_t *head, Cell *cells, Section *rows) {
    const Outline *outline = &page->outlines[article];
    const Array starts = {outline->start, outline->sections, sizeof(int64_t)};
    int64_t next = 0;
    for (const Span *own; *span < page->span_count && (own = &page->spans[*span])->article == article; ++*span) {
        if (!(next = upper_bound(&starts, next, own->start))) return OUT_OF_BOUNDS;
        Cell *cell = &cells[(next - 1) * page->clauses + own->clause];
        cell->frequency += own->code ? page->code_part : 1;
        if (own->start < outline->start[next - 1] + PASSAGE_LENGTH) cell->begun = 1;
        if (!rows[next - 1].last) rows[next - 1].first = *span;
        rows[next - 1].last = *span + 1;
    }
    for (const Headed *own; *head < page->headed_count && (own = &page->headed[*head])->article == article; ++*head) {
        if (own->section < 0 || own->section >= outline->titles) return OUT_OF_BOUNDS;
        cells[outline->titled[own->section] * page->clauses + own->clause].headed = 1;
        rows[outline->titled[own->section]].words = (double)page->words[*head];
    }
    return 0;
}

/* Weigh the sections of an article, keep those with clauses, best first, and count these: `sections.weigh`. */
static int64_t weigh(const Page *page, const Outline *outline, const Cell *cells, Section *rows, Clause *clauses) {
    double sum = 0;
    Section *kept = rows;
    for (int64_t cell = 0; cell < outline->sections * page->clauses; cell++)
        clauses[cell % page->clauses].having += cells[cell].frequency > 0 || cells[cell].headed > 0;
    for (int64_t n = 0; n < page->clauses; n++)
        sum += clauses[n].weight = page->weights[n] * outline->rarity[clauses[n].having];
    for (int64_t n = 0; n < page->clauses; n++) clauses[n].whole = (int64_t)((clauses[n].weight /= sum) * WHOLE + 0.5);
    for (int64_t number = 0; number < outline->sections; number++, cells += page->clauses) {
        Section row = {0, rows[number].words, number, 0, rows[number].first, rows[number].last};
        double begun = 0, query = 0, titles = 0;
        for (int64_t n = 0; n < page->clauses; n++) {
            double own = clauses[n].weight, frequency = cells[n].frequency;
            row.worth += own * (frequency / (frequency + K1) + IN_WINDOW * (frequency > 0));
            row.held += frequency > 0 ? clauses[n].whole : 0;
            begun += cells[n].begun * own, query += cells[n].headed * own, titles += cells[n].headed;
        }
        row.worth += BEGUN * begun;
        double heading = titles / (titles > row.words ? titles : row.words);
        double closeness = 2 * query * heading / (query + heading);
        if (titles > 0) row.worth += page->of_heading * (closeness * closeness);
        if (outline->start[outline->sections + number] >= DETAIL_LEVEL) row.worth += DETAIL;
        if (!row.last && !titles) continue;
        Section *to = kept++;
        for (; to > rows && to[-1].worth < row.worth; to--) *to = to[-1];
        *to = row;
    }
    return kept - rows;
}

/* Find the window of a section that covers most, of equals the fullest; return what it covers: `_best_of_section`. */
static double best_of_section(const Page *page, const Section *row, Clause *clauses, Chosen *best) {
    const Span *spans = page->spans;
    double most = 0, fullest = 0;
    int64_t covered = 0, first = row->first, last;
    for (last = first; last < row->last; last++) {
        int64_t run = spans[last].run, low = spans[last].end - WINDOW_LENGTH;
        for (; first < last && (spans[first].run != run || spans[first].start < low); first++)
            if (!--clauses[spans[first].clause].inside) covered -= clauses[spans[first].clause].whole;
        if (!clauses[spans[last].clause].inside++) covered += clauses[spans[last].clause].whole;
        double part = spans[last].code ? page->code_part : 1, full = part * (double)(last + 1 - first);
        if (part * (double)covered < most || (part * (double)covered == most && full <= fullest)) continue;
        most = part * (double)covered, fullest = full, best->first = first, best->last = last + 1;
    }
    for (; first < last; first++) clauses[spans[first].clause].inside = 0;
    return most;
}

/* Leave out spans at both ends of a window that add no clause, or one that hardly says anything: `_trimmed`. */
static void trim(const Span *spans, Clause *clauses, Chosen *window) {
    for (int64_t n = window->first; n < window->last; n++) clauses[spans[n].clause].inside++;
    for (int64_t is_end = 1; is_end >= 0 && window->last - window->first > 1;) {
        Clause *own = &clauses[spans[is_end ? window->last - 1 : window->first].clause];
        if (own->inside == 1 && (double)own->whole >= LIGHT * WHOLE) is_end--;
        else own->inside--, window->last -= is_end, window->first += !is_end;
    }
}

/* Choose the window of an article among its sections, and name the others, best first: `_choose`. */
static Chosen choose(const Page *page, const Section *rows, int64_t count, Clause *clauses, int64_t before, int64_t *to) {
    Chosen best = {0, 0, 0, 0, count - 1};
    double most = -1;
    for (int64_t n = 0; n < count && rows[n].worth >= most; n++) {
        Chosen found = {rows[n].number, 0, 0, 0, count - 1};
        double covered = best_of_section(page, &rows[n], clauses, &found);
        double worth = rows[n].worth - IN_WINDOW * ((double)rows[n].held - covered) / WHOLE;
        if (worth > most || (worth == most && found.section < best.section)) most = worth, best = found;
    }
    for (int64_t n = 0; n < count; n++) if (rows[n].number != best.section) *to++ = rows[n].number;
    trim(page->spans, clauses, &best);
    if (best.last) best.start = page->spans[best.first].start, best.first -= before, best.last -= before;
    return best;
}

/* Choose the window of each article; the section of one without clauses is -1. */
int64_t best_windows(const Page *page, Chosen *chosen, int64_t *others) {
    int64_t error = 0;
    for (int64_t n = 0, span = 0, head = 0; n < page->articles && !error; n++) {
        int64_t first = span, sections = page->outlines[n].sections, cell_count = sections * page->clauses;
        Cell *cells = calloc((size_t)(cell_count + 2 * (sections + page->clauses)), sizeof(Cell));  /* none is larger than two */
        Section *rows = (Section *)(cells + cell_count);
        Clause *clauses = (Clause *)(rows + sections);
        chosen[n] = (Chosen){-1, 0, 0, 0, 0};
        error = cells ? tally(page, n, &span, &head, cells, rows) : OUT_OF_MEMORY;
        int64_t found = error ? 0 : weigh(page, &page->outlines[n], cells, rows, clauses);
        if (found) chosen[n] = choose(page, rows, found, clauses, first, others);
        others += chosen[n].others;
        free(cells);
    }
    return error;
}
