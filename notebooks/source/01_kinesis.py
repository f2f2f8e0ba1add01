# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown] lang="es"
# # 1 · Qué es Kinesis
#
# *Tutorial, sección 1: «¿Qué es Amazon Kinesis Data Streams?».* · **35 min** (25 de recorrido + 10 de ejercicios)
#
# **Al terminar** sabrás para qué sirve un stream, cómo la *partition key* decide a qué shard va cada voto, y por qué la
# clave constante del tutorial hace perder votos.
#
# **Antes:** la lección [0](00_start.ipynb), si es la primera vez que abres el cuaderno. Las palabras nuevas están en el
# [glosario](glossary.ipynb).

# %% [markdown] lang="en"
# # 1 · What Kinesis is
#
# *Tutorial, section 1: "What is Amazon Kinesis Data Streams?".* · **35 min** (25 walking through + 10 of exercises)
#
# **By the end** you will know what a stream is for, how the *partition key* decides which shard each vote goes to, and why
# the tutorial's constant key loses votes.
#
# **Before:** lesson [0](00_start.ipynb), if this is the first time you open the workbook. New words are in the
# [glossary](glossary.ipynb).

# %% tags=["parameters"]
target: str = "local"  # local | aws | an endpoint URL
prefix: str = "f1-vote"  # the start of every resource's name
locale: str = "{{locale}}"  # es | en

# %% [markdown] lang="es"
# **Ejecuta primero esta celda.** Conecta con la región y te dice dónde estás. Puedes repetirla cuando quieras, y hazlo
# siempre después de reiniciar el kernel.

# %% [markdown] lang="en"
# **Run this cell first.** It connects to the region and tells you where you are. Run it again whenever you like, and
# always after restarting the kernel.

# %% tags=["first"]
from helpers import begin

lesson = await begin("01_kinesis", target=target, prefix=prefix, locale=locale)

# %% [markdown] lang="es"
# ## Para qué sirve un stream
#
# Kinesis Data Streams captura datos **según se producen**, los guarda un tiempo y los deja leer a quien quiera, cuantas
# veces quiera. El tutorial da tres casos:
#
# | Caso | Quién produce | Quién consume |
# |---|---|---|
# | Analítica en tiempo real | una tienda, una app | un panel que se mueve cada segundo |
# | Logs y eventos | servidores y servicios | alarmas, buscadores, archivo |
# | IoT, clics, **votaciones** | sensores, páginas, móviles | recuentos, detección de fraude |
#
# En los tres pasa lo mismo: muchos productores que no deben esperar a nadie, y consumidores que van a su ritmo. Si el que
# cuenta los votos se para diez minutos, los votos lo esperan en el stream.
#
# ## Un stream es una lista a la que solo se añade
#
# ![Dos shards, cada uno una fila de registros del más antiguo al más reciente, con su clave y su número de secuencia. Dos consumidores leen cada uno por su cuenta: el A va por delante y el B por detrás.](../pictures/stream_log.es.svg)
#
# - Un stream se divide en **shards**. Cada shard es una fila: lo nuevo se añade al final y nada se cambia ni se adelanta.
# - Cada registro lleva una [**partition key**](glossary.ipynb#cell-id=partition-key), que elige quien lo manda, y recibe un
#   [**número de secuencia**](glossary.ipynb#cell-id=sequence-number), que pone Kinesis: crece dentro del shard, con saltos.
# - Leer no borra. Cada consumidor tiene su marcapáginas en cada shard; los registros caducan a las 24 horas.

# %% [markdown] lang="en"
# ## What a stream is for
#
# Kinesis Data Streams captures data **as they are produced**, keeps them for a while, and lets anyone read them, as often
# as they like. The tutorial gives three cases:
#
# | Case | Who produces | Who consumes |
# |---|---|---|
# | Real-time analytics | a shop, an app | a dashboard that moves every second |
# | Logs and events | servers and services | alarms, search, archive |
# | IoT, clicks, **votes** | sensors, pages, phones | tallies, fraud detection |
#
# All three are alike: many producers who must not wait for anybody, and consumers who go at their own pace. If whoever
# counts the votes stops for ten minutes, the votes wait in the stream.
#
# ## A stream is a list that only grows
#
# ![Two shards, each a row of records from the oldest to the newest, with their key and sequence number. Two consumers read, each on its own: A is ahead and B behind.](../pictures/stream_log.en.svg)
#
# - A stream is divided into **shards**. Each shard is a row: the new is added at the end, nothing is changed and nothing
#   jumps the queue.
# - Each record carries a [**partition key**](glossary.ipynb#cell-id=partition-key), chosen by whoever sends it, and gets a
#   [**sequence number**](glossary.ipynb#cell-id=sequence-number) from Kinesis: it grows within the shard, and it skips.
# - Reading deletes nothing. Each consumer has its bookmark in each shard; records expire after 24 hours.

# %% [markdown] lang="es"
# ## De la clave al shard
#
# ¿Quién decide el shard? Una cuenta: el **MD5** de la partition key es un número entre 0 y 2¹²⁸ − 1, y cada shard es dueño
# de un tramo de esa recta.
#
# ![La recta de los hashes repartida entre 4 shards: la clave «ana» cae en el shard 0.](../pictures/shard_line.es.svg)
#
# Escribe otra clave y mira dónde cae. Mueve después el número de shards (con las flechas del teclado, si prefieres).

# %% [markdown] lang="en"
# ## From the key to the shard
#
# Who decides the shard? A sum: the **MD5** of the partition key is a number between 0 and 2¹²⁸ − 1, and each shard owns a
# stretch of that line.
#
# ![The line of the hashes cut into 4 shards: the key “ana” lands on shard 0.](../pictures/shard_line.en.svg)
#
# Type another key and see where it lands. Then move the number of shards (with the arrow keys, if you prefer).

# %%
from helpers import ShardMap

ShardMap("ana", shards=4)

# %% [markdown] lang="es"
# La clave «ana» cae siempre en el mismo sitio: no hay azar. Pero «ana» y «anb», que se parecen tanto, caen donde sea. Por
# eso muchas claves **distintas** se reparten solas, y por eso una sola clave no se reparte nunca.
#
# La cuenta entera cabe en tres líneas. El tramo de cada shard mide 2¹²⁸ ÷ número de shards:

# %% [markdown] lang="en"
# The key “ana” always lands on the same spot: there is no chance in it. But “ana” and “anb”, so much alike, land anywhere.
# That is why many **different** keys spread by themselves, and why a single key never does.
#
# The whole sum fits in three lines. Each shard's stretch measures 2¹²⁸ ÷ number of shards:

# %%
import hashlib


def shard_of(key, shards=4):
    hash_key = int(hashlib.md5(key.encode()).hexdigest(), 16)
    return f"shardId-{hash_key // (2**128 // shards):012}"


for key in ("ana", "anb", "luis", "hugo", "partition_key_1"):
    print(f"{key:16}", shard_of(key))

# %% [markdown] lang="es"
# ¿Lo hace así Kinesis? Comprobémoslo con un stream de verdad, de **4 shards**. (Crear streams es la lección 2; en esta
# solo lo necesitamos, y lo borramos al final.)

# %% [markdown] lang="en"
# Does Kinesis do it like that? Let us check with a real stream of **4 shards**. (Creating streams is lesson 2; in this one
# we just need it, and delete it at the end.)

# %%
import asyncio
import json

import boto3

from helpers import Prediction, ballot, number, t, until

kinesis = boto3.client("kinesis")
keys_stream = f"{prefix}-keys"
try:
    kinesis.create_stream(StreamName=keys_stream, ShardCount=4, Tags=lesson.names.tags)
except kinesis.exceptions.ResourceInUseException as error:
    print(error.response["Error"]["Message"])


# %%
def status():
    summary = kinesis.describe_stream_summary(StreamName=keys_stream)
    return summary["StreamDescriptionSummary"]["StreamStatus"]


await until(lambda: status() == "ACTIVE", timeout=120, what=keys_stream)

# %% [markdown] lang="es"
# Metemos siete votos numerados, de cuatro personas. La partition key es quien vota.

# %% [markdown] lang="en"
# We put seven numbered votes by four people. The partition key is the voter.

# %%
receipts = {}
for place, voter in enumerate(["hugo", "ana", "luis", "ana", "marta", "hugo", "ana"], start=1):
    receipts[place] = kinesis.put_record(
        StreamName=keys_stream,
        Data=json.dumps({"place": place, "voter": voter}),
        PartitionKey=voter,
    )
    shard_id, sequence = receipts[place]["ShardId"], receipts[place]["SequenceNumber"]
    print(place, f"{voter:6}", shard_id, shard_id == shard_of(voter), sequence)

# %% [markdown] lang="es"
# `True` en todas las filas: el shard que contesta Kinesis es el que da nuestra cuenta. Y mira los números de secuencia de
# Ana: crecen de un voto al siguiente, sin ser consecutivos.
#
# ## El orden está dentro del shard
#
# Leemos los shards uno por uno, desde el primero de nuestros votos en cada uno.

# %% [markdown] lang="en"
# `True` in every row: the shard that Kinesis answers is the one our sum gives. And look at the sequence numbers of Ana's
# votes: they grow from one vote to the next, without being consecutive.
#
# ## Order is within the shard
#
# We read the shards one by one, from the first of our votes in each.


# %%
def read_from(receipt):
    iterator = kinesis.get_shard_iterator(
        StreamName=keys_stream,
        ShardId=receipt["ShardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=receipt["SequenceNumber"],
    )["ShardIterator"]
    records = kinesis.get_records(ShardIterator=iterator, Limit=10)["Records"]
    return [json.loads(record["Data"])["place"] for record in records]


# %%
from functools import partial

first_in = {}
for receipt in receipts.values():
    first_in.setdefault(receipt["ShardId"], receipt)
everything = []
for shard_id, receipt in sorted(first_in.items()):
    places = await until(partial(read_from, receipt), what=shard_id)
    everything += places
    print(t("lesson_01.shard_votes", shard=shard_id, places=places))
print(t("lesson_01.all_votes", places=everything))

# %% [markdown] lang="es"
# En cada shard los votos salen en el orden en que llegaron. Leídos uno tras otro, no: **entre shards no hay orden**. Si el
# orden importa (que el último voto de Ana sea el que vale), todo lo de Ana tiene que llevar la misma clave.
#
# ## El experimento: 10 000 votos, tres claves
#
# El productor del tutorial manda todos los votos con `PartitionKey='partition_key_1'`. ¿Importa? Mandaremos los mismos
# 10 000 votos tres veces, al mismo ritmo, y solo cambiará la clave. **Antes de mirar, apuesta:**

# %% [markdown] lang="en"
# In each shard the votes come out in the order they arrived. Read one after the other, they do not: **between shards there
# is no order**. If order matters (only Ana's last vote counts, say), everything of Ana's has to carry the same key.
#
# ## The experiment: 10,000 votes, three keys
#
# The tutorial's producer sends every vote with `PartitionKey='partition_key_1'`. Does it matter? We shall send the same
# 10,000 votes three times, at the same pace, and only the key will change. **Before you look, guess:**

# %%
keys = {
    "constant": lambda vote: "partition_key_1",
    "driver": lambda vote: vote["vote"],
    "voter": lambda vote: vote["voter"],
}
prediction = Prediction({name: t(f"lesson_01.predict.{name}") for name in keys}, [1, 2, 3, 4])
prediction

# %% [markdown] lang="es"
# Los votos: 10 000 personas, y los doce pilotos gustan lo mismo. `put_records` admite hasta 500 registros por llamada, así
# que son 20 llamadas; dejamos al menos 0,18 s entre una y otra para que ningún ritmo pase de unos **2 800 votos por
# segundo**. Cuatro shards admiten 4 000: en total, sobra sitio.

# %% [markdown] lang="en"
# The votes: 10,000 people, and the twelve drivers are equally loved. `put_records` takes up to 500 records a call, so that
# is 20 calls; we leave at least 0.18 s between them so that the pace never exceeds some **2,800 votes a second**. Four
# shards admit 4,000: all in all, there is room to spare.

# %%
codes = [candidate.code for candidate in ballot()]
votes = [{"vote": codes[n % len(codes)], "voter": f"voter-{n}"} for n in range(10_000)]
batches = [votes[start : start + 500] for start in range(0, len(votes), 500)]


async def send(batch, key_of):
    records = [{"Data": json.dumps(vote), "PartitionKey": key_of(vote)} for vote in batch]
    put = asyncio.to_thread(kinesis.put_records, StreamName=keys_stream, Records=records)
    reply, _ = await asyncio.gather(put, asyncio.sleep(0.18))
    return reply


# %%
import time

replies = {}
for name, key_of in keys.items():
    began = time.monotonic()
    replies[name] = [await send(batch, key_of) for batch in batches]
    seconds = number(time.monotonic() - began, 1)
    rejected = sum(reply["FailedRecordCount"] for reply in replies[name])
    accepted, failed = number(len(votes) - rejected), number(rejected)
    label = t(f"lesson_01.key.{name}")
    print(t("lesson_01.sent", key=label, accepted=accepted, rejected=failed, seconds=seconds))
    await asyncio.sleep(1)

# %% [markdown] lang="es"
# Ninguna llamada ha fallado: boto3 no lanzó ninguna excepción. Y aun así, con la clave constante **faltan miles de votos**.
# Mira con qué código HTTP contestó AWS a las veinte llamadas, y qué puso en el lugar de un voto rechazado:

# %% [markdown] lang="en"
# No call failed: boto3 raised nothing. And yet, with the constant key, **thousands of votes are missing**. See with which
# HTTP code AWS answered the twenty calls, and what it put in the place of a rejected vote:

# %%
answers = {}
for name in keys:
    answers[name] = [answer for reply in replies[name] for answer in reply["Records"]]
print({reply["ResponseMetadata"]["HTTPStatusCode"] for reply in replies["constant"]})
next((answer for answer in answers["constant"] if "ErrorCode" in answer), None)

# %% [markdown] lang="es"
# Todo 200: Kinesis juzga cada registro por separado, y la llamada vale aunque rechace algunos. Un shard admite 1 000
# registros por segundo. A ese le llegaban todos, y los otros tres esperaban sin nada que hacer.
# Contemos dónde acabó cada voto, con las respuestas de Kinesis:

# %% [markdown] lang="en"
# All 200: Kinesis judges each record on its own, and the call is good even if some are rejected. A shard admits 1,000
# records a second. That one was sent them all, and the other three waited with nothing to do. Let us
# count where each vote ended, from Kinesis's answers:

# %%
from collections import Counter

accepted, where = {}, {}
for name in keys:
    accepted[name] = Counter(answer.get("ShardId") for answer in answers[name])
    rejected = accepted[name].pop(None, 0)
    bars = {f"shard {shard}": accepted[name][f"shardId-{shard:012}"] for shard in range(4)}
    where[t(f"lesson_01.key.{name}")] = bars | {t("lesson_01.rejected"): rejected}

# %%
from helpers.pictures import distribution

distribution.chart(where)

# %%
distribution.table(where)

# %% [markdown] lang="es"
# ¿Y tu pronóstico?

# %% [markdown] lang="en"
# And your guess?

# %%
prediction.compare({name: len(accepted[name]) for name in keys})

# %% [markdown] lang="es"
# - **Siempre la misma**: un solo shard, y el resto del stream pagado en balde. Es un [*hot shard*](glossary.ipynb#cell-id=hot-shard). Poner más shards no
#   ayudaría: una clave nunca pasa de uno.
# - **El código del piloto**: son solo 12 claves. Seis caen en el shard 0 y ninguna en el 3, así que la mitad de los votos
#   van a un shard y también sobran. Y eso con doce pilotos igual de queridos.
# - **Quien vota**: miles de claves distintas, cuatro montones casi iguales, nada rechazado. Y los votos de una misma persona
#   siguen en orden. Es la clave que usará nuestro productor.
#
# **Moraleja**: el shard más cargado es el límite de todo el stream, y `FailedRecordCount` es lo único que lo dice. Quien no
# lo mira pierde votos en silencio; quien lo mira vuelve a mandar los rechazados (lo harás en la lección 7).

# %% [markdown] lang="en"
# - **Always the same**: one single shard, and the rest of the stream paid for nothing. That is a [*hot shard*](glossary.ipynb#cell-id=hot-shard). More shards
#   would not help: one key never exceeds one.
# - **The driver's code**: only 12 keys. Six land on shard 0 and none on shard 3, so half of the votes go to one shard and,
#   again, they are too many. And that with twelve drivers equally loved.
# - **The voter**: thousands of different keys, four heaps nearly equal, nothing rejected. And one person's votes are still
#   in order. It is the key that our producer will use.
#
# **The moral**: the busiest shard is the limit of the whole stream, and `FailedRecordCount` is all that tells. Whoever does
# not look at it loses votes in silence; whoever does sends the rejected ones again (you will, in lesson 7).

# %% [markdown] lang="es"
# ## Ejercicio 1 · Una clave para el último shard
#
# Encuentra una partition key que caiga en el último de los cuatro shards, `shardId-000000000003`. Vale cualquier texto. La
# comprobación mete un registro con tu clave y mira dónde dice Kinesis que fue.
#
# <details><summary>Pista</summary>
#
# Con el mapa de shards, a mano. O con <code>shard_of</code>, preguntando por muchas.
#
# </details>

# %% [markdown] lang="en"
# ## Exercise 1 · A key for the last shard
#
# Find a partition key that lands on the last of the four shards, `shardId-000000000003`. Any text will do. The check puts a
# record with your key and looks where Kinesis says it went.
#
# <details><summary>Hint</summary>
#
# With the shard map, by hand. Or with <code>shard_of</code>, asking about many.
#
# </details>

# %% tags=["exercise"]
# stub
# my_key = ...
# solution
candidates = (f"voter-{n}" for n in range(1000))
my_key = next(key for key in candidates if shard_of(key) == "shardId-000000000003")
# end

# %%
last_shard = "shardId-000000000003"
await lesson.check("key_for_shard", my_key=my_key, shard=last_shard, stream=keys_stream)

# %% [markdown] lang="es"
# ## Ejercicio 2 · La parte del shard más cargado
#
# Completa la función: recibe cuántos registros fueron a cada shard, como `{"shardId-000000000000": 50, …}`, y devuelve qué
# parte del total se llevó el más cargado, entre 0 y 1.
#
# <details><summary>Pista</summary>
#
# <code>counts.values()</code> son los números. Hay una función para el mayor y otra para la suma.
#
# </details>

# %% [markdown] lang="en"
# ## Exercise 2 · The busiest shard's share
#
# Complete the function: it takes how many records went to each shard, as `{"shardId-000000000000": 50, …}`, and returns
# what share of the total the busiest one took, between 0 and 1.
#
# <details><summary>Hint</summary>
#
# <code>counts.values()</code> are the numbers. There is one function for the largest and another for the sum.
#
# </details>


# %% tags=["exercise"]
def hottest_share(counts):
    # stub
    # return ...
    # solution
    return max(counts.values()) / sum(counts.values())
    # end


# %%
await lesson.check("hottest_share", function=hottest_share)

# %% [markdown] lang="es"
# ¿Cuánto admite el stream con cada clave? Si el shard más cargado se lleva la mitad, se llena cuando el stream entero recibe
# el doble de lo que cabe en un shard: 1 000 ÷ parte. Contamos adónde iba cada voto, rechazados incluidos, con nuestra
# cuenta:

# %% [markdown] lang="en"
# How much does the stream admit with each key? If the busiest shard takes half, it is full when the whole stream gets twice
# what one shard holds: 1,000 ÷ share. We count where each vote was bound, the rejected included, with our own sum:

# %%
for name, key_of in keys.items():
    share = hottest_share(Counter(shard_of(key_of(vote)) for vote in votes))
    facts = {"share": number(100 * share), "rate": number(1000 / share)}
    print(t("lesson_01.capacity", key=t(f"lesson_01.key.{name}"), **facts))

# %% [markdown] lang="es"
# El mismo stream, al mismo precio: según la clave admite 1 000 votos por segundo o casi 4 000.
#
# ## Recoger
#
# Cuatro shards encendidos costarían en AWS 0,06 $ por hora. Ya no hacen falta.

# %% [markdown] lang="en"
# The same stream, at the same price: depending on the key it admits 1,000 votes a second, or nearly 4,000.
#
# ## Tidy up
#
# Four shards left on would cost $0.06 an hour on AWS. They are no longer needed.

# %%
kinesis.delete_stream(StreamName=keys_stream)


def is_gone():
    try:
        return status() is None
    except kinesis.exceptions.ResourceNotFoundException as error:
        return error.response["Error"]["Message"]


await until(is_gone, timeout=120, what=t("lesson_01.gone", stream=keys_stream))

# %% [markdown] lang="es"
# «Not found» es lo que queríamos leer: el stream ya no existe y no se paga.
#
# ## Comprueba lo que sabes

# %% [markdown] lang="en"
# “Not found” is what we wanted to read: the stream is no more, and is no longer paid for.
#
# ## Check what you know

# %%
lesson.quiz()

# %% [markdown] lang="es"
# ## Ideas clave
#
# - Un stream es una lista que solo crece, partida en shards. Leer no borra; cada consumidor va a su ritmo.
# - El MD5 de la partition key decide el shard: misma clave, mismo shard, y dentro de él, en orden. Entre shards, no.
# - Muchas claves distintas se reparten solas. Una clave constante es un *hot shard*: 1 000 registros por segundo, tenga el
#   stream los shards que tenga.
# - `put_records` no lanza ninguna excepción por lo que rechaza: mira siempre `FailedRecordCount`.
#
# **Siguiente:** [2 · Crear el stream](02_stream.ipynb).

# %% [markdown] lang="en"
# ## Key points
#
# - A stream is a list that only grows, cut into shards. Reading deletes nothing; each consumer goes at its own pace.
# - The MD5 of the partition key decides the shard: same key, same shard, and within it, in order. Between shards, not.
# - Many different keys spread by themselves. A constant key is a *hot shard*: 1,000 records a second, however many shards
#   the stream has.
# - `put_records` raises nothing for what it rejects: always look at `FailedRecordCount`.
#
# **Next:** [2 · Create the stream](02_stream.ipynb).

# %%
lesson.finish()
