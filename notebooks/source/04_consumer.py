# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown] lang="es"
# # 4 · El consumidor
#
# *Tutorial, sección 4: «Crear un consumidor con Lambda».* · **40 min** (28 de recorrido + 12 de ejercicios)
#
# **Al terminar** tendrás la tabla de resultados y la función que convierte un lote de registros en recuentos; sabrás leer
# Base64 y un evento de Kinesis, y qué pasa si un lote llega dos veces o trae un registro que no es un voto.
#
# **Antes:** la lección 3, que mete los votos en el stream. Si no la has hecho, la primera celda crea lo que falte.

# %% [markdown] lang="en"
# # 4 · The consumer
#
# *Tutorial, section 4: "Create a consumer with Lambda".* · **40 min** (28 walking through + 12 of exercises)
#
# **By the end** you will have the table of results and the function that turns a batch of records into counts; you will
# read Base64 and a Kinesis event, and know what happens if a batch arrives twice or brings a record that is not a vote.
#
# **Before:** lesson 3, which puts the votes into the stream. If you have not done it, the first cell creates what is missing.

# %% tags=["parameters"]
target: str = "local"  # local | aws | an endpoint URL
prefix: str = "f1-vote"  # the start of every resource's name
locale: str = "{{locale}}"  # es | en

# %% [markdown] lang="es"
# **Ejecuta primero esta celda.** Conecta con la región, te dice dónde estás y crea lo que falte de lecciones anteriores.
# Puedes repetirla cuando quieras, y hazlo siempre después de reiniciar el kernel.

# %% [markdown] lang="en"
# **Run this cell first.** It connects to the region, tells you where you are, and builds whatever is missing from earlier
# lessons. Run it again whenever you like, and always after restarting the kernel.

# %% tags=["first"]
from helpers import begin

lesson = await begin("04_consumer", target=target, prefix=prefix, locale=locale)

# %% [markdown] lang="es"
# ## Clientes y nombres
#
# Aparece un servicio nuevo, [**DynamoDB**](glossary.ipynb#cell-id=dynamodb): la base de datos donde acaban los recuentos.

# %% [markdown] lang="en"
# ## Clients and names
#
# A new service appears, [**DynamoDB**](glossary.ipynb#cell-id=dynamodb): the database where the counts end up.

# %% tags=["builds"]
import base64
import io
import json
import string
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor

import boto3
from IPython.display import Markdown, display

from helpers import package, t, until

# %% tags=["builds"]
dynamodb = boto3.client("dynamodb")
iam = boto3.client("iam")
lambda_client = boto3.client("lambda")

table_name = f"{prefix}-results"
consumer_name = f"{prefix}-consumer"
role_name = f"{prefix}-consumer-role"

# %% tags=["builds"]
account = boto3.client("sts").get_caller_identity()["Account"]
region = dynamodb.meta.region_name
stream_arn = f"arn:aws:kinesis:{region}:{account}:stream/{prefix}-stream"
table_arn = f"arn:aws:dynamodb:{region}:{account}:table/{table_name}"
role_arn = f"arn:aws:iam::{account}:role/{role_name}"
print(stream_arn, table_arn, role_arn, sep="\n")

# %% [markdown] lang="es"
# ## La tabla
#
# Una fila por piloto: la clave `option_id` y un contador `votes`. Al crear una tabla de DynamoDB solo se declara la
# **clave**; los demás atributos aparecen cuando alguien los escribe. Con `PAY_PER_REQUEST` no se reserva capacidad: se paga
# por lectura y escritura, y una tabla quieta casi no cuesta.

# %% [markdown] lang="en"
# ## The table
#
# One row per driver: the key `option_id` and a counter `votes`. Creating a DynamoDB table only declares the **key**; the
# other attributes appear when someone writes them. With `PAY_PER_REQUEST` no capacity is reserved: you pay by read and
# write, and an idle table costs next to nothing.

# %% tags=["builds"] builds="table"
try:
    dynamodb.create_table(
        TableName=table_name,
        AttributeDefinitions=[{"AttributeName": "option_id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "option_id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=lesson.names.tag_list,
    )
except dynamodb.exceptions.ResourceInUseException as error:
    print(error.response["Error"]["Message"])


# %% tags=["builds"]
def table_status():
    return dynamodb.describe_table(TableName=table_name)["Table"]["TableStatus"]


# %% tags=["builds"] builds="table"
await until(lambda: table_status() == "ACTIVE", timeout=120, what=table_name)

# %% [markdown] lang="es"
# Dos funciones pequeñas para toda la lección: leer los recuentos y dejar la tabla vacía. La vaciamos ya, por si otra
# lección ha contado algo: así los números serán los del texto.

# %% [markdown] lang="en"
# Two small functions for the whole lesson: read the counts, and leave the table empty. We empty it now, in case another
# lesson has counted something: so the numbers will be those of the text.


# %%
def read_counts():
    rows = dynamodb.scan(TableName=table_name, ConsistentRead=True)["Items"]
    return {row["option_id"]["S"]: int(row["votes"]["N"]) for row in rows}


def empty_table():
    for option in read_counts():
        dynamodb.delete_item(TableName=table_name, Key={"option_id": {"S": option}})


empty_table()
read_counts()

# %% [markdown] lang="es"
# ## Sumar con `ADD`
#
# ¿Cómo se suma un voto? Leer el número, sumar y escribirlo pierde votos si dos lo hacen a la vez. `ADD` suma **dentro** de
# la base de datos, en un paso; y si la fila no existe, la crea partiendo de cero.

# %% [markdown] lang="en"
# ## Adding with `ADD`
#
# How do you add a vote? Reading the number, adding and writing it back loses votes if two do it at once. `ADD` adds
# **inside** the database, in one step; and if the row is not there, it makes it, starting from zero.


# %%
def add_vote(option):
    dynamodb.update_item(
        TableName=table_name,
        Key={"option_id": {"S": option}},
        UpdateExpression="ADD votes :n",
        ExpressionAttributeValues={":n": {"N": "1"}},
    )


with ThreadPoolExecutor(8) as pool:
    list(pool.map(add_vote, ["VER"] * 40))
dynamodb.scan(TableName=table_name, ConsistentRead=True)["Items"]

# %% [markdown] lang="es"
# Cuarenta sumas desde ocho hilos a la vez, y ninguna se ha perdido. DynamoDB escribe los tipos: `S` es texto y `N` es un
# número, que viaja como texto para no perder cifras. Quitamos estos votos de prueba.

# %% [markdown] lang="en"
# Forty additions from eight threads at once, and none got lost. DynamoDB spells out the types: `S` is text and `N` is a
# number, which travels as text so as not to lose digits. We remove these test votes.

# %%
empty_table()

# %% [markdown] lang="es"
# ## El código de la función
#
# Cabe en una pantalla. Lo leemos del mismo zip que recibirá Lambda.

# %% [markdown] lang="en"
# ## The function's code
#
# It fits on one screen. We read it from the same zip that Lambda will get.

# %%
archive = zipfile.ZipFile(io.BytesIO(package("consumer")))
source = archive.read("lambda_function.py").decode()
display(Markdown(f"```python\n{source}```"))

# %% [markdown] lang="es"
# Lambda entrega los registros por [**lotes**](glossary.ipynb#cell-id=batch) (*batches*), y la función hace dos cosas con cada lote: primero lo lee entero y
# luego suma. Otra vez es el código del tutorial, con tres cosas puestas en su sitio:
#
# | El tutorial | Aquí | Por qué |
# |---|---|---|
# | un `update_item` por registro | uno por piloto del lote | cien votos por el mismo piloto son una escritura, no cien: más rápido y más barato |
# | va sumando según lee | lee todo el lote antes de sumar nada | si un registro está mal, no queda medio lote contado |
# | ignora en silencio lo que no tenga `vote` | falla y dice qué registro es | lo que se pierde en silencio no lo encuentra nadie |
#
# Y una que **todavía** no está bien, que verás al final del recorrido.
#
# ## El rol
#
# La confianza es la misma del productor: Lambda puede asumirlo. Los permisos, otros.

# %% [markdown] lang="en"
# Lambda delivers records in [**batches**](glossary.ipynb#cell-id=batch), and the function does two things with each batch: first it reads it whole, and then
# it adds. Again it is the tutorial's code, with three things put right:
#
# | The tutorial | Here | Why |
# |---|---|---|
# | one `update_item` per record | one per driver in the batch | a hundred votes for one driver are one write, not a hundred: faster and cheaper |
# | adds while it reads | reads the whole batch before adding anything | if a record is bad, no batch is left half counted |
# | silently ignores what has no `vote` | fails, and says which record it is | what is lost in silence nobody finds |
#
# And one thing that is **not yet** right, which you will see at the end of the walk.
#
# ## The role
#
# The trust is the producer's: Lambda may assume it. The permissions are others.

# %% tags=["builds"] builds="consumer_role"
lambda_may_assume = {
    "Effect": "Allow",
    "Principal": {"Service": "lambda.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
try:
    iam.create_role(
        RoleName=role_name,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [lambda_may_assume]}),
        Tags=lesson.names.tag_list,
    )
except iam.exceptions.EntityAlreadyExistsException as error:
    print(error.response["Error"]["Message"])

# %% [markdown] lang="es"
# El código no lee el stream: recibe los registros ya leídos. Quien lee es **Lambda**, en la lección 5, y lo hace con el rol
# de la función. Por eso el consumidor necesita los permisos de lectura:
#
# | Permiso | Sobre qué | Para qué |
# |---|---|---|
# | `DescribeStream`, `DescribeStreamSummary`, `ListShards` | este stream | saber qué shards hay |
# | `GetShardIterator`, `GetRecords` | este stream | leerlos |
# | `ListStreams` | `*` | lo pide Lambda, y AWS no deja limitarlo a un stream |
# | `dynamodb:UpdateItem` | esta tabla | sumar; ni leer ni borrar |
# | los tres de logs | sus propios logs | escribir lo que pasa |

# %% [markdown] lang="en"
# The code does not read the stream: it is given records already read. The reader is **Lambda**, in lesson 5, and it reads
# with the function's role. That is why the consumer needs the reading permissions:
#
# | Permission | On what | What for |
# |---|---|---|
# | `DescribeStream`, `DescribeStreamSummary`, `ListShards` | this stream | knowing which shards there are |
# | `GetShardIterator`, `GetRecords` | this stream | reading them |
# | `ListStreams` | `*` | Lambda asks for it, and AWS cannot limit it to one stream |
# | `dynamodb:UpdateItem` | this table | adding; neither reading nor deleting |
# | the three of logs | its own logs | writing what happens |

# %% tags=["builds"]
read_actions = ["DescribeStream", "DescribeStreamSummary", "ListShards", "GetShardIterator", "GetRecords"]
read_stream = {
    "Effect": "Allow",
    "Action": [f"kinesis:{action}" for action in read_actions],
    "Resource": stream_arn,
}
find_stream = {"Effect": "Allow", "Action": "kinesis:ListStreams", "Resource": "*"}
add_votes = {"Effect": "Allow", "Action": "dynamodb:UpdateItem", "Resource": table_arn}
write_logs = {
    "Effect": "Allow",
    "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
    "Resource": f"arn:aws:logs:{region}:{account}:log-group:/aws/lambda/{consumer_name}:*",
}

# %% tags=["builds"] builds="consumer_role"
policy = {"Version": "2012-10-17", "Statement": [read_stream, find_stream, add_votes, write_logs]}
iam.put_role_policy(RoleName=role_name, PolicyName="consumer", PolicyDocument=json.dumps(policy))
print(json.dumps(policy, indent=2))

# %% [markdown] lang="es"
# ## Crear la función
#
# Con el mismo cuidado que en la lección 3: si ya existe, se le cambia el código; si Lambda todavía no se cree el rol, se
# vuelve a intentar. El tiempo máximo es mayor, porque un lote puede traer muchos registros.

# %% [markdown] lang="en"
# ## Create the function
#
# With the same care as in lesson 3: if it is there already, its code is changed; if Lambda does not believe the role yet, we
# try again. The timeout is longer, since a batch may bring many records.


# %% tags=["builds"]
def create_consumer():
    try:
        lambda_client.create_function(
            FunctionName=consumer_name,
            Runtime=f"python3.{sys.version_info.minor}",
            Handler="lambda_function.lambda_handler",
            Role=role_arn,
            Code={"ZipFile": package("consumer")},
            Environment={"Variables": {"DYNAMODB_TABLE_NAME": table_name}},
            Timeout=30,
            Tags=lesson.names.tags,
        )
    except lambda_client.exceptions.ResourceConflictException as error:
        print(error.response["Error"]["Message"])
        lambda_client.update_function_code(FunctionName=consumer_name, ZipFile=package("consumer"))


# %% tags=["builds"]
def consumer_is_created():
    try:
        create_consumer()
    except lambda_client.exceptions.InvalidParameterValueException as error:
        if "cannot be assumed by Lambda" not in str(error):
            raise
        print(error.response["Error"]["Message"])
        return False
    return True


def consumer_is_ready():
    found = lambda_client.get_function_configuration(FunctionName=consumer_name)
    return found["State"] == "Active" and found["LastUpdateStatus"] == "Successful"


# %% tags=["builds"] builds="consumer"
await until(consumer_is_created, every=1, timeout=60, what="create_function")
await until(consumer_is_ready, timeout=60, what=consumer_name)

# %% [markdown] lang="es"
# ## Base64, a mano
#
# Los datos de cada registro llegan en [**Base64**](glossary.ipynb#cell-id=base64), que escribe bytes cualesquiera con 64 caracteres corrientes. Se toman los
# bits de 6 en 6 (2⁶ = 64), y cada grupo es una letra. Tres bytes son 24 bits: cuatro letras justas.

# %% [markdown] lang="en"
# ## Base64, by hand
#
# The data of each record comes in [**Base64**](glossary.ipynb#cell-id=base64), which writes any bytes with 64 ordinary characters. The bits are taken 6 by 6
# (2⁶ = 64), and each group is a letter. Three bytes are 24 bits: exactly four letters.

# %%
alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
bits = "".join(f"{byte:08b}" for byte in b"VER")
groups = [bits[start : start + 6] for start in range(0, 24, 6)]
print(bits)
for group in groups:
    print(group, f"{int(group, 2):2}", alphabet[int(group, 2)])
print(base64.b64encode(b"VER"))

# %% [markdown] lang="es"
# Lo mismo que dice la biblioteca. A la vuelta, cada letra da 6 bits, y se juntan de 8 en 8. Con un voto entero:

# %% [markdown] lang="en"
# The same as the library says. On the way back each letter gives 6 bits, and they are gathered 8 by 8. With a whole vote:

# %%
encoded = base64.b64encode(b'{"vote": "VER"}').decode()
print(encoded)
bits = "".join(f"{alphabet.index(letter):06b}" for letter in encoded)
print(bytes(int(bits[start : start + 8], 2) for start in range(0, len(bits), 8)))
print(base64.b64decode(encoded))

# %% [markdown] lang="es"
# (Si los bytes no son múltiplo de tres, el final se rellena con `=`: `base64.b64decode` se ocupa.) No es un cifrado:
# cualquiera lo lee. Y ocupa un tercio más.
#
# ## Un evento de Kinesis, a mano
#
# Lo que une el stream con la función es el trigger, en la lección 5. Para probarla no hace falta, porque una función solo ve
# el **evento**. Escribimos uno igual que los de Lambda:
#
# | Campo | Qué es |
# |---|---|
# | `kinesis.data` | los datos, en Base64 |
# | `kinesis.partitionKey`, `sequenceNumber` | la clave y el número de secuencia, como en la lección 2 |
# | `kinesis.approximateArrivalTimestamp` | cuándo llegó al stream, en segundos |
# | `eventID` | shard y número de secuencia: identifica al registro |
# | `eventSourceARN`, `awsRegion` | de qué stream viene |
# | `invokeIdentityArn` | con qué rol se leyó |

# %% [markdown] lang="en"
# (If the bytes are not a multiple of three, the end is padded with `=`: `base64.b64decode` takes care.) It is not
# encryption: anyone can read it. And it takes a third more room.
#
# ## A Kinesis event, by hand
#
# What joins the stream to the function is the trigger, in lesson 5. To try the function we do not need it, since a function
# only sees the **event**. We write one just like Lambda's:
#
# | Field | What it is |
# |---|---|
# | `kinesis.data` | the data, in Base64 |
# | `kinesis.partitionKey`, `sequenceNumber` | the key and the sequence number, as in lesson 2 |
# | `kinesis.approximateArrivalTimestamp` | when it reached the stream, in seconds |
# | `eventID` | shard and sequence number: it identifies the record |
# | `eventSourceARN`, `awsRegion` | which stream it comes from |
# | `invokeIdentityArn` | with which role it was read |


# %%
def kinesis_part(data, sequence_number):
    return {
        "kinesisSchemaVersion": "1.0",
        "partitionKey": f"voter-{sequence_number[-2:]}",
        "sequenceNumber": sequence_number,
        "data": base64.b64encode(data).decode(),
        "approximateArrivalTimestamp": round(time.time(), 3),
    }


# %%
def event_record(data, position):
    sequence_number = f"4968{position:052}"
    return {
        "kinesis": kinesis_part(data, sequence_number),
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"shardId-000000000000:{sequence_number}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": role_arn,
        "awsRegion": region,
        "eventSourceARN": stream_arn,
    }


# %% [markdown] lang="es"
# Un evento es una lista de registros, `Records`. Con la segunda función basta nombrar a los pilotos:

# %% [markdown] lang="en"
# An event is a list of records, `Records`. With the second function it is enough to name the drivers:


# %%
def kinesis_event(payloads):
    return {"Records": [event_record(data, position) for position, data in enumerate(payloads, start=1)]}


def votes_event(options):
    return kinesis_event([json.dumps({"vote": option}).encode() for option in options])


batch = votes_event(["VER", "NOR", "VER", "LEC", "NOR", "VER"])
print(json.dumps(batch["Records"][0], indent=2))

# %% [markdown] lang="es"
# ## Invocar al consumidor
#
# Tres votos por VER, dos por NOR y uno por LEC. Invocamos la función con el lote y miramos su log. (Como en la lección 3,
# los permisos de un rol nuevo pueden tardar unos segundos en AWS: si hay error, se repite.)

# %% [markdown] lang="en"
# ## Invoke the consumer
#
# Three votes for VER, two for NOR and one for LEC. We invoke the function with the batch and look at its log. (As in lesson
# 3, a new role's permissions may take some seconds on AWS: on an error we repeat.)


# %%
def invoke_consumer(event):
    answer = lambda_client.invoke(FunctionName=consumer_name, Payload=json.dumps(event), LogType="Tail")
    log = base64.b64decode(answer["LogResult"]).decode()
    return answer.get("FunctionError"), json.loads(answer["Payload"].read()), log


def log_if_counted(event):
    error, _, log = invoke_consumer(event)
    return None if error else log


log = await until(lambda: log_if_counted(batch), every=2, what=t("lesson_04.counted"))
print(log)

# %% [markdown] lang="es"
# La función ha escrito su línea entre `START` y `END`. ¿Y la tabla?

# %% [markdown] lang="en"
# The function has written its line between `START` and `END`. And the table?

# %%
read_counts()

# %% [markdown] lang="es"
# Los recuentos del lote. Así de corto es el camino: Base64 → JSON → contar → `ADD`.
#
# ## El mismo lote, otra vez
#
# Ahora mandamos **exactamente el mismo evento**. Son los mismos registros, con los mismos números de secuencia.

# %% [markdown] lang="en"
# The batch's counts. That is how short the way is: Base64 → JSON → count → `ADD`.
#
# ## The same batch, once more
#
# Now we send **exactly the same event**. The records are the same, with the same sequence numbers.

# %%
error, payload, log = invoke_consumer(batch)
print(error, payload)
print(read_counts())

# %% [markdown] lang="es"
# Todo **doble**, y sin error alguno (`None None`: ni error, ni respuesta, que aquí no hace falta). Esto es lo que todavía
# no está bien. No es un caso de laboratorio: Lambda promete entregar cada registro **al menos una vez**. Si algo falla a
# destiempo, repite el lote, y `ADD` vuelve a sumar. La lección 7 lo arregla.
#
# ## Un registro que no es un voto
#
# En el stream puede haber cualquier cosa: bytes de otro programa, una prueba, un error. Un lote con dos votos buenos y, en
# medio, algo que no es un voto:

# %% [markdown] lang="en"
# Everything **doubled**, and no error at all (`None None`: no error and no answer, which is not needed here). This is
# what is not yet right. It is no laboratory case: Lambda promises to deliver each record **at least once**. If something
# fails at the wrong moment it repeats the batch, and `ADD` adds again. Lesson 7 repairs it.
#
# ## A record that is not a vote
#
# A stream can hold anything: another program's bytes, a test, a mistake. A batch with two good votes and, between them,
# something that is no vote:

# %%
before = read_counts()
poisoned = kinesis_event([b'{"vote": "VER"}', b"hello", b'{"vote": "NOR"}'])
error, payload, log = invoke_consumer(poisoned)
print(error)
print(payload["errorType"], payload["errorMessage"], sep=": ")
print(read_counts() == before)

# %% [markdown] lang="es"
# - `FunctionError` vale `Unhandled`: la función ha terminado con una excepción. `invoke`, en cambio, no ha fallado: la
#   llamada a AWS fue bien, la que falló fue la función.
# - El mensaje nombra el registro. Con ese número se puede ir a buscarlo al stream, como en la lección 2.
# - Los recuentos son los de antes (`True`): ni siquiera los dos votos buenos se han contado. **Falla el lote entero**, y
#   Lambda lo repetirá entero, bloqueando su shard mientras tanto. Las lecciones 6 y 7 tratan de eso.
#
# Ya está todo probado. Dejamos la tabla vacía: la lección 5 empieza en cero.

# %% [markdown] lang="en"
# - `FunctionError` says `Unhandled`: the function ended with an exception. `invoke`, though, did not fail: the call to AWS
#   went well, it was the function that failed.
# - The message names the record. With that number it can be looked up in the stream, as in lesson 2.
# - The counts are the same as before (`True`): not even the two good votes were counted. **The whole batch fails**, and
#   Lambda will repeat it whole, blocking its shard meanwhile. Lessons 6 and 7 are about that.
#
# All is tried. We leave the table empty: lesson 5 starts from zero.

# %%
empty_table()
read_counts()

# %% [markdown] lang="es"
# ## Ejercicio 1 · Recontar a mano
#
# Completa la función para que, de un evento como `batch`, diga cuántos votos tiene cada piloto: un diccionario como
# `{"VER": 3, "NOR": 2, "LEC": 1}`. La comprobación manda el mismo lote a tu consumidor y compara tu recuento con lo que
# aparece en la tabla.
#
# <details><summary>Pista</summary>
#
# Los datos están en <code>record["kinesis"]["data"]</code>: primero <code>base64.b64decode</code>, luego
# <code>json.loads</code>.
#
# </details>

# %% [markdown] lang="en"
# ## Exercise 1 · Recount by hand
#
# Complete the function so that, given an event like `batch`, it says how many votes each driver has: a dictionary like
# `{"VER": 3, "NOR": 2, "LEC": 1}`. The check sends the same batch to your consumer and compares your count with what appears
# in the table.
#
# <details><summary>Hint</summary>
#
# The data is in <code>record["kinesis"]["data"]</code>: first <code>base64.b64decode</code>, then <code>json.loads</code>.
#
# </details>


# %% tags=["exercise"]
def count_votes(event):
    # stub
    # return ...
    # solution
    counts = {}
    for record in event["Records"]:
        option = json.loads(base64.b64decode(record["kinesis"]["data"]))["vote"]
        counts[option] = counts.get(option, 0) + 1
    return counts
    # end


# %%
await lesson.check("count_votes", function=count_votes)

# %% [markdown] lang="es"
# ## Ejercicio 2 · Votos para dos pilotos más
#
# Con un evento hecho a mano y **una sola** invocación, haz que la tabla diga **5 votos para COL y 2 para PER**. Deja el
# evento en `extra_votes`. La celda vacía la tabla al empezar, así que puedes repetirla.
#
# <details><summary>Pista</summary>
#
# <code>votes_event</code> recibe una lista de códigos; <code>["COL"] * 5</code> es una lista de cinco. Después hay que
# invocar al consumidor.
#
# </details>

# %% [markdown] lang="en"
# ## Exercise 2 · Votes for two more drivers
#
# With a hand-made event and **one single** invocation, make the table say **5 votes for COL and 2 for PER**. Leave the event
# in `extra_votes`. The cell empties the table first, so you can repeat it.
#
# <details><summary>Hint</summary>
#
# <code>votes_event</code> takes a list of codes; <code>["COL"] * 5</code> is a list of five. Then the consumer must be
# invoked.
#
# </details>

# %% tags=["exercise"]
empty_table()
# stub
# extra_votes = ...
# solution
extra_votes = votes_event(["COL"] * 5 + ["PER"] * 2)
error, payload, log = invoke_consumer(extra_votes)
# end

# %%
await lesson.check("two_more", extra_votes=extra_votes)

# %% [markdown] lang="es"
# Eran votos de mentira: la tabla vuelve a cero antes de unir el stream con la función.

# %% [markdown] lang="en"
# Those were make-believe votes: the table goes back to zero before the stream is joined to the function.

# %%
empty_table()
read_counts()

# %% [markdown] lang="es"
# ## Comprueba lo que sabes

# %% [markdown] lang="en"
# ## Check what you know

# %%
lesson.quiz()

# %% [markdown] lang="es"
# ## Ideas clave
#
# - Una función consumidora no lee el stream: recibe un evento con un lote de registros, y los datos vienen en Base64.
# - Quien lee es Lambda, con el rol de la función; por eso ese rol lleva los permisos de lectura.
# - `ADD` suma dentro de la base de datos, en un paso: dos que suman a la vez no se pisan.
# - Una excepción hace fallar el lote **entero**. Mejor leerlo todo antes de escribir nada.
# - «Al menos una vez»: el mismo lote puede llegar dos veces, y con `ADD` cuenta doble. Se arregla en la lección 7.
#
# **Siguiente:** [5 · El trigger](05_trigger.ipynb), que une el stream con el consumidor.

# %% [markdown] lang="en"
# ## Key points
#
# - A consumer function does not read the stream: it is given an event with a batch of records, whose data is in Base64.
# - The reader is Lambda, with the function's role; that is why that role has the reading permissions.
# - `ADD` adds inside the database, in one step: two who add at once do not step on each other.
# - An exception makes the **whole** batch fail. Better to read it all before writing anything.
# - "At least once": the same batch may arrive twice, and with `ADD` it counts double. Lesson 7 repairs it.
#
# **Next:** [5 · The trigger](05_trigger.ipynb), which joins the stream to the consumer.

# %%
lesson.finish()
