/* say.h - the words that people read, in their language. */
#ifndef COVTRIAGE_SAY_H
#define COVTRIAGE_SAY_H

enum language { LANGUAGE_EN = 0, LANGUAGE_ZH, LANGUAGE_COUNT };

/**
 * The English text in the language asked, from the catalog models/lang/zh.po that is built in;
 * the English itself when there is no translation. Safe from any thread.
 */
const char *say(enum language language, const char *english);

/** Call `each` with every English text of the catalog and its Chinese. */
void say_all(void (*each)(void *context, const char *english, const char *chinese),
             void *context);

/** The language of the user's locale (LC_ALL, LC_MESSAGES, LANG): zh* is Chinese. */
enum language language_of_locale(void);

#endif
